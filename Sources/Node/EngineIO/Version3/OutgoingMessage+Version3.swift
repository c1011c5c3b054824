package import NIOCore

extension OutgoingMessage {
    /// The form of a message for a client of revision 3, where a binary WebSocket message begins with the packet type,
    /// or is text.
    /// - Parameter client: what the client takes.
    /// - Returns: the message itself if it is text.
    package func adapted(to client: Version3) -> OutgoingMessage {
        guard first.isBinary || !attachments.isEmpty else { return self }
        var message = OutgoingMessage(self) { content, isBinary in
            guard isBinary else { return (content, false) }
            var packet = ByteBufferAllocator().buffer(capacity: 2 + (content.readableBytes + 2) / 3 * 4)
            if client.isTextOnly {
                packet.writeStaticString("b4")
                Base64.encode(content.readableBytesView, into: &packet)
            } else {
                packet.writeInteger(Packet.version3MessageType)
                packet.writeImmutableBuffer(content)
            }
            return (packet, !client.isTextOnly)
        }
        message.isCompressible = isCompressible
        return message
    }

    /// Encodes messages as the body of a polling response of either revision.
    /// - Parameters:
    ///   - messages: what the body carries, in order; for a client of revision 3, ``adapted(to:)`` it.
    ///   - client: what the client takes; `nil` for one of revision 4.
    /// - Returns: the body and its type. In revision 3 it is a binary payload if a message is binary.
    package static func payload(_ messages: [OutgoingMessage], for client: Version3?) -> (ByteBuffer, PayloadType) {
        guard let client else { return (payload(messages), .text) }
        let parts = messages.flatMap { message in
            ([message.first] + message.attachments).map { (isBinary: $0.isBinary, packet: message.slice($0)) }
        }
        let isBinary = parts.contains { $0.isBinary }
        var body = ByteBufferAllocator().buffer(capacity: parts.reduce(0) { $0 + $1.packet.readableBytes + 12 })
        for (isBinaryPart, packet) in parts {
            if isBinary {
                body.writeInteger(isBinaryPart ? UInt8(1) : 0)
                for digit in String(packet.readableBytes).utf8 { body.writeInteger(digit - UInt8(ascii: "0")) }
                body.writeInteger(UInt8(0xFF))
            } else {
                body.writeString("\(UTF16Length.units(of: packet.readableBytesView)):")
            }
            body.writeImmutableBuffer(packet)
        }
        if let callback = client.callback { return (JSONP.call(callback, with: body), .script) }
        return (body, isBinary ? .binary : .text)
    }
}

/// What the body of a polling response is.
package enum PayloadType: Sendable {
    /// A payload of text.
    case text
    /// A binary payload of revision 3.
    case binary
    /// A script that calls a JSONP callback.
    case script
}
