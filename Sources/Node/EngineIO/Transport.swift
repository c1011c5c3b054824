/// The two transports of Engine.IO v4 that this server offers.
public enum Transport: String, Sendable, CaseIterable {
    /// HTTP long-polling: GET receives, POST sends.
    case polling
    /// WebSocket (RFC 6455).
    case websocket
}
