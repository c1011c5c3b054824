public import NIOCore

/// What arrived on a WebSocket connection (RFC 6455).
public enum WebSocketEvent: Sendable, Equatable {
    /// A complete text message, valid UTF-8.
    case text(ByteBuffer)
    /// A complete binary message.
    case binary(ByteBuffer)
    /// A complete message as `permessage-deflate` compresses it, without the bytes `00 00 FF FF` at its end. Whether its
    /// text is valid is not known yet.
    case deflated(ByteBuffer, isText: Bool)
    /// A ping, to be answered by a pong with the same payload (at most 125 bytes).
    case ping(ByteBuffer)
    /// A pong.
    case pong(ByteBuffer)
    /// The peer closes: its code, if it gave one, and its reason (valid UTF-8).
    case close(code: UInt16?, reason: ByteBuffer)
}

extension WebSocketEvent {
    /// A complete message, checked.
    /// - Parameters:
    ///   - payload: its content, decompressed if it was compressed.
    ///   - isText: whether it is text.
    /// - Returns: `text` or `binary`.
    /// - Throws: ``WebSocketError`` if a text is not UTF-8.
    package static func message(_ payload: ByteBuffer, isText: Bool) throws(WebSocketError) -> WebSocketEvent {
        guard isText else { return .binary(payload) }
        guard UTF8Validator.isValid(payload) else { throw .invalidText }
        return .text(payload)
    }
}

/// A violation of the WebSocket protocol; the connection must be closed with this code (RFC 6455, section 7.4.1).
public struct WebSocketError: Error, Sendable, Equatable {
    /// The close code for the peer: 1002 protocol error, 1007 invalid payload, 1009 message too big, 1011 our fault.
    public var code: UInt16
    /// What the peer did, in a few words.
    public var reason: String

    static func protocolError(_ reason: String) -> Self { Self(code: 1002, reason: reason) }
    static let invalidText = Self(code: 1007, reason: "text is not UTF-8")
    /// A message is longer than it may be.
    package static let tooBig = Self(code: 1009, reason: "message too big")
    /// A compressed message cannot be restored; the reference server's code.
    package static let corrupt = Self(code: 1007, reason: "compressed message is corrupt")
    /// There is no memory to restore a compressed message.
    package static let outOfMemory = Self(code: 1011, reason: "out of memory")
}
