/// What an ``HTTPServer`` has done with its connections so far.
public struct ListenerMetrics: Sendable, Equatable {
    /// Connections that are open now, WebSocket connections included.
    public var connections = 0
    /// Connections accepted by the system.
    public var accepted = 0
    /// Connections that the server cut, by reason.
    public var cut: [CutReason: Int] = [:]

    /// Creates figures that are all zero.
    public init() {}

    /// Adds the figures of another listener.
    /// - Parameter other: what to add.
    public mutating func add(_ other: ListenerMetrics) {
        connections += other.connections
        accepted += other.accepted
        cut.merge(other.cut, uniquingKeysWith: +)
    }
}

/// Why a server cut a connection that is no session of an engine (those end with a `CloseReason`). The raw value is the
/// label in metrics.
public enum CutReason: String, Sendable, CaseIterable {
    /// The listener had ``HTTPLimits/maxConnections`` already.
    case tooManyConnections = "too many connections"
    /// The client's address had ``HTTPLimits/connectionsPerAddress`` already.
    case tooManyOfAddress = "too many connections of one address"
    /// No complete header of the PROXY protocol came within ``HTTPLimits/headTimeout``.
    case proxyHeaderTimeout = "proxy header timeout"
    /// The connection did not begin with a header of the PROXY protocol.
    case proxyHeaderMalformed = "proxy header malformed"
    /// The TLS handshake was not done within ``HTTPLimits/headTimeout``.
    case tlsHandshakeTimeout = "tls handshake timeout"
    /// The TLS handshake failed, for example because the client offers no version that is accepted.
    case tlsHandshakeFailed = "tls handshake failed"
    /// No complete request head came within ``HTTPLimits/headTimeout``.
    case headTimeout = "head timeout"
    /// A request body did not come within ``HTTPLimits/bodyTimeout``; answered with 408.
    case bodyTimeout = "body timeout"
    /// The client did not read its answers within ``HTTPLimits/keepAliveTimeout``.
    case unreadAnswers = "unread answers"
    /// More than ``HTTPLimits/maxPipelinedRequests`` were waiting for their answers.
    case tooManyRequests = "too many pipelined requests"
}
