import EngineIO
package import EngineServer
package import Launch

extension ListenerConfiguration {
    /// A listener as the options ask for it.
    /// - Parameters:
    ///   - name: its name.
    ///   - place: where it listens.
    ///   - settings: the options.
    ///   - tls: its identity; `nil` for plain HTTP.
    package init(_ name: String, at place: ListenAddress.Place, _ settings: ListenerSettings, tls: TLSIdentity?) {
        switch place {
        case .tcp(let host, let port): self.init(name: name, address: .tcp(host: host, port: port))
        case .unix(let path): self.init(name: name, address: .unix(path: path))
        }
        self.tls = tls
        proxyProtocol = settings.proxyProtocol
        limits.connectionsPerAddress = settings.connectionsPerAddress
        limits.headTimeout = settings.headTimeout
        limits.bodyTimeout = settings.bodyTimeout
    }
}

extension EngineConfiguration {
    /// Takes over what the options of the listeners say about sessions.
    /// - Parameter settings: the options.
    package mutating func read(_ settings: ListenerSettings) {
        handshakesPerAddress = settings.handshakesPerAddress.map {
            RateLimit(perSecond: $0.perSecond, burst: $0.burst)
        }
        messageTimeout = settings.messageTimeout
    }
}

extension TLSIdentity {
    /// The identity that the options name, if they do.
    /// - Parameter settings: the options.
    /// - Returns: `nil` if they name none.
    /// - Throws: `LaunchError.configuration` if a file is not what it should be.
    package static func named(by settings: ListenerSettings) throws(LaunchError) -> TLSIdentity? {
        guard let files = settings.tls else { return nil }
        do {
            return try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
        } catch {
            throw .configuration("TLS: \(error)")
        }
    }

    /// What SIGHUP does.
    package var reloading: @Sendable () throws -> Void { { try self.reload() } }
}
