public import NIOCore

/// Frames that a server sends: complete and unmasked (RFC 6455, section 5.2).
public enum WebSocketFrame {
    /// A text message.
    /// - Parameter payload: valid UTF-8.
    /// - Returns: the frame.
    public static func text(_ payload: ByteBuffer) -> ByteBuffer { frame(0x1, payload) }

    /// A binary message.
    /// - Parameter payload: any bytes.
    /// - Returns: the frame.
    public static func binary(_ payload: ByteBuffer) -> ByteBuffer { frame(0x2, payload) }

    /// The answer to a ping.
    /// - Parameter payload: the payload of the ping, at most 125 bytes.
    /// - Returns: the frame.
    public static func pong(_ payload: ByteBuffer) -> ByteBuffer { frame(0xA, payload) }

    /// The end of the conversation.
    /// - Parameters:
    ///   - code: the close code.
    ///   - reason: why, in a few words; cut after 123 bytes.
    /// - Returns: the frame.
    public static func close(code: UInt16, reason: String = "") -> ByteBuffer {
        var payload = ByteBufferAllocator().buffer(capacity: 2 + reason.utf8.count)
        payload.writeInteger(code)
        var text = Substring(reason)
        while text.utf8.count > 123 { text.removeLast() }
        payload.writeSubstring(text)
        return frame(0x8, payload)
    }

    private static func frame(_ opcode: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: payload.readableBytes + 10)
        FrameHeader.write(opcode: opcode, payloadLength: payload.readableBytes, to: &buffer)
        buffer.writeImmutableBuffer(payload)
        return buffer
    }
}
