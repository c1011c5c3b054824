public import NIOCore

/// Control frames that a server sends: complete and unmasked (RFC 6455, section 5.2).
public enum WebSocketFrame {
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

    /// A frame of any kind.
    static func frame(_ opcode: UInt8, _ payload: ByteBuffer) -> ByteBuffer {
        let length = payload.readableBytes
        let size = FrameHeader.size(payloadLength: length) + length
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        buffer.writeWithOutputRawSpan(minimumWritableBytes: size) { output in
            FrameHeader.write(opcode: opcode, payloadLength: length, to: &output)
            output.append(contentsOf: payload.readableBytesSpan)
        }
        return buffer
    }
}
