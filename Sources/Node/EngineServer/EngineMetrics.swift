public import EngineIO
public import Figures

/// What an ``Engine`` has done since it was created: counters for metrics, added up over its event loops.
public struct EngineMetrics: Sendable, Equatable {
    /// Sessions that are open now.
    public var sessions = 0
    /// Those of them that are on WebSocket; the others are on polling.
    public var webSocketSessions = 0
    /// Sessions opened, by their first transport.
    public var opened: [Transport: Int] = [:]
    /// Sessions closed, by reason.
    public var closed: [CloseReason: Int] = [:]
    /// Sessions that moved from polling to WebSocket.
    public var upgraded = 0
    /// Requests refused with an error of the protocol, a foreign origin or for want of room.
    public var refused = 0
    /// Handshakes answered with 429, as their address had opened too many sessions; also among ``refused``.
    public var handshakesLimited = 0
    /// Messages received from clients.
    public var messagesReceived = 0
    /// Messages queued for clients, one per receiver.
    public var messagesSent = 0
    /// Volatile messages dropped because the client could not take them.
    public var messagesDropped = 0
    /// Bytes of payloads of polling that came from clients, without the heads of HTTP and what TLS adds.
    public var pollingBytesReceived = 0
    /// Bytes of payloads of polling that were sent, before they were compressed.
    public var pollingBytesSent = 0
    /// Bytes of WebSocket frames that came from clients, without what TLS adds.
    public var webSocketBytesReceived = 0
    /// Bytes of WebSocket frames that were sent, as they were compressed.
    public var webSocketBytesSent = 0
    /// How long handshakes took, from the head of the request to the open packet, hooks included, in seconds.
    public var handshakes = Histogram(.work)

    /// Creates figures that are all zero.
    public init() {}

    /// Adds the figures of another engine, or of another part of this one.
    /// - Parameter other: what to add.
    public mutating func add(_ other: EngineMetrics) {
        sessions += other.sessions
        webSocketSessions += other.webSocketSessions
        opened.merge(other.opened, uniquingKeysWith: +)
        closed.merge(other.closed, uniquingKeysWith: +)
        upgraded += other.upgraded
        refused += other.refused
        handshakesLimited += other.handshakesLimited
        messagesReceived += other.messagesReceived
        messagesSent += other.messagesSent
        messagesDropped += other.messagesDropped
        pollingBytesReceived += other.pollingBytesReceived
        pollingBytesSent += other.pollingBytesSent
        webSocketBytesReceived += other.webSocketBytesReceived
        webSocketBytesSent += other.webSocketBytesSent
        handshakes.add(other.handshakes)
    }
}
