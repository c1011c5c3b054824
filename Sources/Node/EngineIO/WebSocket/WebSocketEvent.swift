public import NIOCore

/// What arrived on a WebSocket connection (RFC 6455).
public enum WebSocketEvent: Sendable, Equatable {
    /// A complete text message, valid UTF-8.
    case text(ByteBuffer)
    /// A complete binary message.
    case binary(ByteBuffer)
    /// A ping, to be answered by a pong with the same payload (at most 125 bytes).
    case ping(ByteBuffer)
    /// A pong.
    case pong(ByteBuffer)
    /// The peer closes: its code, if it gave one, and its reason (valid UTF-8).
    case close(code: UInt16?, reason: ByteBuffer)
}

/// A violation of the WebSocket protocol; the connection must be closed with this code (RFC 6455, section 7.4.1).
public struct WebSocketError: Error, Sendable, Equatable {
    /// The close code for the peer: 1002 protocol error, 1007 invalid payload, 1009 message too big.
    public var code: UInt16
    /// What the peer did, in a few words.
    public var reason: String

    static func protocolError(_ reason: String) -> Self { Self(code: 1002, reason: reason) }
    static let invalidText = Self(code: 1007, reason: "text is not UTF-8")
    static let tooBig = Self(code: 1009, reason: "message too big")
}
