package import NIOCore

/// Frames that a server sends: unmasked and in one piece. Source: RFC 6455, section 5.
package enum WebSocketFrame {
    /// A close frame.
    /// - Parameter code: what it says, if anything.
    package static func close(_ code: WebSocketCloseCode?) -> ByteBuffer {
        frame(opcode: 0x8, code.map { ByteBuffer(integer: $0.number) } ?? ByteBuffer())
    }

    /// The answer to a ping.
    /// - Parameter payload: the ping's payload.
    package static func pong(_ payload: ByteBuffer) -> ByteBuffer {
        frame(opcode: 0xA, payload)
    }

    /// A message as it is, without Engine.IO's packet type.
    package static func message(_ message: Message) -> ByteBuffer {
        switch message {
        case .text(let text): frame(opcode: 0x1, text)
        case .binary(let bytes): frame(opcode: 0x2, bytes)
        }
    }

    private static func frame(opcode: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
        FrameHeader.write(opcode: opcode, payloadLength: payload.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(payload)
        return buffer
    }
}
