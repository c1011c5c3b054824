/// Bounds of an ``HTTPServer``: what one connection may cost, and for how long.
public struct HTTPLimits: Sendable {
    /// Most bytes in all header fields of a request together. Default: 16 KiB.
    public var maxHeaderBytes: Int = 16 << 10
    /// Most header fields of a request. Default: 100.
    public var maxHeaderFields: Int = 100
    /// Longest body of a request to the responder, in bytes. Default: 1 MiB. Engines have their own limit.
    public var maxBodyBytes: Int = 1 << 20
    /// Time that a client has, from the first byte to the last, to send a request head; on a new connection also for the
    /// header of the PROXY protocol and for the TLS handshake, each. Default: 10 seconds.
    public var headTimeout: Duration = .seconds(10)
    /// Time that a client has to send the whole body that belongs to a head. Default: 30 seconds.
    public var bodyTimeout: Duration = .seconds(30)
    /// How long a connection may stay open without a request. Default: 65 seconds.
    public var keepAliveTimeout: Duration = .seconds(65)
    /// Most requests that one connection may have waiting for their answers; a client that sends more is cut off.
    /// Default: 64.
    public var maxPipelinedRequests: Int = 64
    /// Most connections of the listener at a time; further ones are closed at once. Default: 1,000,000.
    public var maxConnections: Int = 1_000_000
    /// Most connections of one address at a time (IPv6: of the first 64 bits); further ones are closed at once. The
    /// address is that of the TCP peer, or the one that the PROXY protocol names. Default: `nil`, no limit: whole offices
    /// come from one address, and so does every client behind an HTTP proxy.
    public var connectionsPerAddress: Int?
    /// Time that a graceful shutdown waits for the last answers and close frames before it cuts the connections.
    /// Default: 5 seconds.
    public var shutdownTimeout: Duration = .seconds(5)

    /// Creates the default limits.
    public init() {}
}
