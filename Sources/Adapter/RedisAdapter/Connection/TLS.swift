import NIOCore
import NIOSSL

extension RedisConfiguration {
    /// How connections to Redis are secured: TLS 1.2 or 1.3; the server's certificate must be good for its name, or for
    /// its address where it is reached by one. Files are read whenever a connection is made, so renewed certificates
    /// need no restart.
    public struct TLS: Sendable, Equatable {
        /// PEM file of the authorities that are trusted; `nil` (default) trusts those of the system.
        public var authorityFile: String?
        /// PEM file of the certificate shown to Redis, with those that lead to its root; `nil` (default) shows none.
        public var certificateFile: String?
        /// PEM file of the private key of that certificate, without password.
        public var keyFile: String?
        /// Name that the server's certificate must have, and that is asked for (SNI); `nil` (default) is the host.
        public var serverName: String?

        /// TLS with the authorities of the system and no client certificate.
        public init() {}
    }
}

extension RedisConfiguration.TLS {
    /// Reads the files.
    /// - Throws: ``RedisError/invalidConfiguration(_:)`` naming the file that cannot be used.
    func context() throws(RedisError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.shutdownTimeout = .seconds(1)
        if let authorityFile {
            configuration.trustRoots = .certificates(try Self.certificates(authorityFile))
        }
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw .invalidConfiguration("a client certificate and its key come together")
        }
        if let certificateFile, let keyFile {
            configuration.certificateChain = try Self.certificates(certificateFile).map { .certificate($0) }
            do {
                // A key with a password would ask for it on the terminal.
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(file: keyFile, format: .pem) { $0([UInt8]()) })
            } catch {
                throw .invalidConfiguration("\(keyFile) has no private key in PEM form without password")
            }
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .invalidConfiguration("\(keyFile ?? "the key") does not belong to \(certificateFile ?? "nothing")")
        }
    }

    private static func certificates(_ file: String) throws(RedisError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
            throw .invalidConfiguration("\(file) has no certificates in PEM form")
        }
        return certificates
    }

    /// What secures a connection to a host.
    func handler(_ context: NIOSSLContext, for endpoint: RedisConfiguration.Endpoint) throws -> NIOSSLClientHandler {
        var name = serverName
        if name == nil, case .host(let host, _) = endpoint { name = host }
        // An address is no name; the certificate is then compared with the address of the connection.
        if let host = name, (try? SocketAddress(ipAddress: host, port: 0)) != nil { name = nil }
        return try NIOSSLClientHandler(context: context, serverHostname: name)
    }

    /// Why a connection failed, in words for a log.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? NIOSSLError, case .handshakeFailed(let inner) = error else { return "\(error)" }
        // "… OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …": the name is what helps.
        let code = "\(inner)".firstMatch(of: /OPENSSL_internal:(\w+)/).map { String($0.output.1) } ?? "\(inner)"
        return "TLS handshake failed: \(code)"
    }
}
