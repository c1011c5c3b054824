/// What ``ListenerOptions`` ask for, checked.
public struct ListenerSettings: Sendable, Hashable {
    /// Paths of the certificate chain and of its private key.
    public struct TLSFiles: Sendable, Hashable {
        /// Path of the certificate chain.
        public var certificate: String
        /// Path of the private key.
        public var key: String
    }

    /// So many per second in the long run, so many at once.
    public struct Rate: Sendable, Hashable {
        /// How many per second, at least 1.
        public var perSecond: Int
        /// How many at once, at least 1.
        public var burst: Int
    }

    /// The files for TLS; `nil`, the default, for plain HTTP.
    public var tls: TLSFiles?
    /// Whether connections begin with a header of the PROXY protocol. Default: `false`.
    public var proxyProtocol = false
    /// Sessions that one address may open; `nil`, the default, for no limit.
    public var handshakesPerAddress: Rate?
    /// Connections that one address may have; `nil`, the default, for no limit.
    public var connectionsPerAddress: Int?
    /// Time for a request head. Default: 10 seconds.
    public var headTimeout = Duration.seconds(10)
    /// Time for a request body. Default: 30 seconds.
    public var bodyTimeout = Duration.seconds(30)
    /// Time for a WebSocket message. Default: 60 seconds.
    public var messageTimeout = Duration.seconds(60)

    /// The defaults.
    public init() {}
}

extension Settings {
    /// What listeners speak, and what they put up with.
    /// - Parameter options: what the command line said.
    /// - Returns: the settings.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment or the file is, or if only one of
    ///   the two files of TLS is named.
    public func listeners(_ options: ListenerOptions) throws(LaunchError) -> ListenerSettings {
        var listeners = ListenerSettings()
        listeners.tls = try tlsFiles(options)
        listeners.proxyProtocol = try value(
            "proxy-protocol", options.proxyProtocol, default: false, "true or false"
        ) { Bool($0) }
        listeners.handshakesPerAddress = try value(
            "handshakes-per-address", options.handshakesPerAddress, default: nil,
            "RATE or RATE:BURST, whole numbers from 1 to 1000000"
        ) { Self.rate($0).map(Optional.some) }
        listeners.connectionsPerAddress = try value(
            "connections-per-address", options.connectionsPerAddress, default: nil, "a whole number from 1"
        ) { text in Int(text).flatMap { $0 > 0 ? Optional.some($0) : nil } }
        listeners.headTimeout = try milliseconds("head-timeout", options.headTimeout, default: listeners.headTimeout)
        listeners.bodyTimeout = try milliseconds("body-timeout", options.bodyTimeout, default: listeners.bodyTimeout)
        listeners.messageTimeout = try milliseconds(
            "message-timeout", options.messageTimeout, default: listeners.messageTimeout)
        return listeners
    }

    private func tlsFiles(_ options: ListenerOptions) throws(LaunchError) -> ListenerSettings.TLSFiles? {
        let certificate = text("tls-certificate", options.tlsCertificate)
        let key = text("tls-key", options.tlsKey)
        switch (certificate, key) {
        case (let certificate?, let key?): return .init(certificate: certificate, key: key)
        case (nil, nil): return nil
        case (nil, _): try reject(.configuration("--tls-key needs --tls-certificate"))
        case (_, nil): try reject(.configuration("--tls-certificate needs --tls-key"))
        }
        return nil
    }

    private static func rate(_ text: String) -> ListenerSettings.Rate? {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false)
            .map { Int($0).flatMap { (1...1_000_000).contains($0) ? $0 : nil } }
        guard numbers.count <= 2, let perSecond = numbers.first ?? nil, let burst = numbers.last ?? nil else {
            return nil
        }
        return ListenerSettings.Rate(perSecond: perSecond, burst: burst)
    }
}
