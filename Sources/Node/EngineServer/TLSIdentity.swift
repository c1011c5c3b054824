import NIOCore
import NIOSSL
import Synchronization

/// The certificate and the private key that listeners show to their clients, read from files and exchangeable while the
/// server runs. TLS 1.2 and 1.3 are spoken, HTTP/1.1 inside.
///
/// ```swift
/// let identity = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
/// listener.tls = identity
/// // after the files were renewed:
/// try identity.reload()
/// ```
public final class TLSIdentity: Sendable {
    private let certificateFile: String
    private let keyFile: String
    private let current: Mutex<NIOSSLContext>

    /// Reads an identity.
    /// - Parameters:
    ///   - certificateFile: path of a PEM file with the server's certificate and then those that lead to its root.
    ///   - keyFile: path of a PEM file with the private key of the first certificate, without password.
    /// - Throws: ``TLSIdentityError`` naming the file that cannot be used.
    public init(certificateFile: String, keyFile: String) throws(TLSIdentityError) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        current = Mutex(try Self.read(certificateFile, keyFile))
    }

    /// Reads the files again. Connections made from now on get the new certificate, those that are open keep theirs.
    /// - Throws: ``TLSIdentityError`` naming the file that cannot be used; the old identity stays then.
    public func reload() throws(TLSIdentityError) {
        let context = try Self.read(certificateFile, keyFile)
        current.withLock { $0 = context }
    }

    /// What secures one connection.
    func handler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: current.withLock { $0 })
    }

    private static func read(_ certificateFile: String, _ keyFile: String) throws(TLSIdentityError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw TLSIdentityError(file: certificateFile, problem: "has no certificates in PEM form")
        }
        guard !chain.isEmpty else { throw TLSIdentityError(file: certificateFile, problem: "has no certificate") }
        let key: NIOSSLPrivateKey
        do {
            // A key with a password would ask for it on the terminal.
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem) { $0([UInt8]()) }
        } catch {
            throw TLSIdentityError(file: keyFile, problem: "has no private key in PEM form without password")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = .seconds(2)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSIdentityError(file: keyFile, problem: "does not belong to the certificate in \(certificateFile)")
        }
    }
}

/// A file of a ``TLSIdentity`` that cannot be used.
public struct TLSIdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Path of the file.
    public var file: String
    /// What is wrong with it.
    public var problem: String

    /// The error in one line, for the person who runs the server.
    public var description: String { "\(file) \(problem)" }
}
