/// Where an ``HTTPServer`` accepts connections and what each of them may do.
///
/// ```swift
/// var listener = ListenerConfiguration(name: "chat", address: .tcp(host: "0.0.0.0", port: 443))
/// listener.tls = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
/// ```
public struct ListenerConfiguration: Sendable {
    /// Something that connections are accepted on.
    public enum Address: Sendable, Hashable {
        /// A TCP port; 0 lets the system choose one.
        case tcp(host: String, port: Int)
        /// A unix socket. A file that a dead process left there is replaced; the server's own is removed at its end.
        case unix(path: String)
    }

    /// Name, for the log.
    public var name: String
    /// Where to listen.
    public var address: Address
    /// Certificate and key, if the listener speaks TLS. Default: `nil`, plain HTTP.
    public var tls: TLSIdentity?
    /// Whether every connection begins with a header of the PROXY protocol, version 1 or 2, by which a proxy in front
    /// says who the client is. Connections without one are closed, so it must be on only where nobody but that proxy can
    /// connect. Default: `false`.
    public var proxyProtocol = false
    /// Bounds of each connection. Default: those of ``HTTPLimits``.
    public var limits = HTTPLimits()

    /// A plain listener.
    /// - Parameters:
    ///   - name: name, for the log.
    ///   - address: where to listen.
    public init(name: String, address: Address) {
        self.name = name
        self.address = address
    }
}
