package import NIOCore

extension Packet {
    /// Type of a message packet, as a byte.
    static let version3MessageType: UInt8 = 4

    /// Decodes the text of a packet of revision 3.
    /// - Parameter text: a text WebSocket message, or one element of a payload; `b4` and base64 is a binary message.
    /// - Throws: ``ParseError`` if the packet type is missing or unknown, or the base64 malformed.
    package init(version3 text: ByteBuffer) throws(ParseError) {
        guard text.readableBytesView.first == UInt8(ascii: "b") else {
            try self.init(text: text)
            return
        }
        var text = text
        guard text.readBytes(length: 2) == Array("b4".utf8), let bytes = Base64.decode(text) else { throw ParseError() }
        self = .message(.binary(bytes))
    }

    /// Decodes the bytes of a binary packet of revision 3.
    /// - Parameter bytes: the packet type, which can only be that of a message, and the content.
    /// - Throws: ``ParseError`` if it is another packet type.
    package init(version3Binary bytes: ByteBuffer) throws(ParseError) {
        var bytes = bytes
        guard bytes.readInteger() == Self.version3MessageType else { throw ParseError() }
        self = .message(.binary(bytes))
    }

    /// Decodes a WebSocket message of a session.
    /// - Parameters:
    ///   - message: the message.
    ///   - version: the session's revision.
    /// - Throws: ``ParseError`` if the packet type is missing or unknown.
    package init(_ message: Message, version: ProtocolVersion) throws(ParseError) {
        guard version == .v3 else {
            try self.init(message)
            return
        }
        switch message {
        case .text(let text): try self.init(version3: text)
        case .binary(let bytes): try self.init(version3Binary: bytes)
        }
    }
}
