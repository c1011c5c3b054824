/// Why an Engine.IO session ended. The raw value is the text that the reference server's `disconnect` handlers see.
///
/// Source: the table of disconnect reasons in the Socket.IO documentation; those marked so are our own.
public enum CloseReason: String, Sendable, CaseIterable {
    /// The peer closed the transport (TCP FIN, WebSocket close frame, Engine.IO packet `1`, aborted poll).
    case transportClose = "transport close"
    /// The transport failed (TCP reset, protocol error of WebSocket or HTTP).
    case transportError = "transport error"
    /// No pong within `pingTimeout`.
    case pingTimeout = "ping timeout"
    /// Malformed Engine.IO data.
    case parseError = "parse error"
    /// The layer above closed it, for example after an undecodable Socket.IO packet.
    case forcedClose = "forced close"
    /// The layer above closed it on the application's request (`disconnect(close: true)`).
    case forcedServerClose = "forced server close"
    /// The server is going down.
    case serverShuttingDown = "server shutting down"
    /// The peer did not read what was sent to it: the bounded outbound queue overflowed (ours).
    case slowConsumer = "slow consumer"
    /// The peer sent more events than may wait while an asynchronous handler runs (ours).
    case eventQueueFull = "event queue full"
    /// A WebSocket message did not arrive completely within `messageTimeout` of its first byte (ours).
    case messageTimeout = "message timeout"
    /// The peer sent more per second than the layer above allows (ours).
    case rateLimit = "rate limit"
    /// The peer joined no namespace in time (ours; the reference says `forced close`).
    case connectTimeout = "connect timeout"
    /// The node stood still until its lease was over: others have taken it for dead, and its sessions with it (ours).
    case leaseLost = "lease lost"

    /// Whether the layer above ended the session because of what the peer did or did not do: then the peer is told even
    /// if it has to fetch that with its next poll.
    var isVerdict: Bool {
        switch self {
        case .forcedClose, .forcedServerClose, .eventQueueFull, .rateLimit, .connectTimeout: true
        default: false
        }
    }
}
