package import NIOCore

/// An Engine.IO packet as a client may send it. Source: Engine.IO protocol v4, "Packet encoding".
package enum Packet: Equatable, Sendable {
    /// `0`
    case open
    /// `1`
    case close
    /// `2`, or `2probe` at the beginning of an upgrade.
    case ping(isProbe: Bool)
    /// `3`
    case pong
    /// `4` with its text, or a binary message.
    case message(Message)
    /// `5`
    case upgrade
    /// `6`
    case noop

    /// Decodes the text of a packet.
    /// - Parameter text: a text WebSocket message, or one element of a polling payload that is not binary.
    /// - Throws: ``ParseError`` if the packet type is missing or unknown.
    package init(text: ByteBuffer) throws(ParseError) {
        var text = text
        switch text.readInteger(as: UInt8.self) {
        case UInt8(ascii: "4"): self = .message(.text(text))
        case UInt8(ascii: "3"): self = .pong
        case UInt8(ascii: "2"): self = .ping(isProbe: text.readableBytesView.elementsEqual("probe".utf8))
        case UInt8(ascii: "1"): self = .close
        case UInt8(ascii: "0"): self = .open
        case UInt8(ascii: "5"): self = .upgrade
        case UInt8(ascii: "6"): self = .noop
        default: throw ParseError()
        }
    }

    /// Decodes a WebSocket message.
    /// - Parameter message: a text message is a packet, a binary one the content of a message packet.
    /// - Throws: ``ParseError`` if the packet type is missing or unknown.
    package init(_ message: Message) throws(ParseError) {
        switch message {
        case .text(let text): try self.init(text: text)
        case .binary(let bytes): self = .message(.binary(bytes))
        }
    }
}

/// Malformed Engine.IO data: the session ends with `CloseReason.parseError`.
package struct ParseError: Error, Equatable {
    package init() {}
}
