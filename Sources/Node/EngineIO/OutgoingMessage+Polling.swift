package import NIOCore

extension OutgoingMessage {
    /// A packet other than a message, for example `2` or `3probe`, so that it can stand in one queue with messages.
    /// - Parameter packet: the packet's text.
    package init(packet: String) {
        self.init(packetOfLength: packet.utf8.count) { $0.append(contentsOf: packet.utf8Span.span.bytes) }
    }

    /// `1`
    package static let close = OutgoingMessage(packet: "1")
    /// `2`
    package static let ping = OutgoingMessage(packet: "2")
    /// `3`
    package static let pong = OutgoingMessage(packet: "3")
    /// `3probe`
    package static let probeAnswer = OutgoingMessage(packet: "3probe")
    /// `6`
    package static let noop = OutgoingMessage(packet: "6")

    /// Encodes messages as the body of a polling response.
    /// - Parameter messages: what the body carries, in order.
    /// - Returns: the body; the bytes of a single text message are shared, not copied.
    package static func payload(_ messages: [OutgoingMessage]) -> ByteBuffer {
        if messages.count == 1, let only = messages.first, only.attachments.isEmpty, !only.first.isBinary {
            return only.slice(only.first)
        }
        let parts = messages.reduce(0) { $0 + 1 + $1.attachments.count }
        let size = messages.reduce(max(0, parts - 1)) { $0 + $1.payloadSize }
        var body = ByteBufferAllocator().buffer(capacity: size)
        body.writeWithOutputRawSpan(minimumWritableBytes: size) { output in
            for message in messages {
                let bytes = message.frames.readableBytesSpan
                let start = message.frames.readerIndex
                message.first.append(to: &output, from: bytes, startingAt: start)
                for attachment in message.attachments {
                    attachment.append(to: &output, from: bytes, startingAt: start)
                }
            }
        }
        return body
    }

    /// Length of the polling form in bytes.
    private var payloadSize: Int { attachments.reduce(first.payloadSize) { $0 + $1.payloadSize } }

    /// The payload of a part.
    func slice(_ part: Part) -> ByteBuffer {
        // Both numbers were computed when the frames were written.
        frames.getSlice(at: part.payloadStart, length: part.payloadLength) ?? ByteBuffer()
    }
}

extension OutgoingMessage.Part {
    fileprivate var payloadSize: Int { isBinary ? 1 + Base64.size(of: payloadLength) : payloadLength }

    /// Appends the polling form, behind a separator unless it is the first.
    fileprivate func append(to output: inout OutputRawSpan, from frames: RawSpan, startingAt start: Int) {
        if !output.isEmpty { output.append(Payload.separator) }
        let payload = frames.extracting(payloadStart - start..<payloadStart - start + payloadLength)
        guard isBinary else { return output.append(contentsOf: payload) }
        output.append(UInt8(ascii: "b"))
        Base64.encode(payload, to: &output)
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
