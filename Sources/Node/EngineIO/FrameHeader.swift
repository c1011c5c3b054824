import NIOCore

/// Writes headers of unmasked, final WebSocket frames (RFC 6455, section 5.2), which is all that a server sends.
enum FrameHeader {
    /// Length of the header in bytes: 2, 4 or 10.
    static func size(payloadLength: Int) -> Int {
        payloadLength < 126 ? 2 : payloadLength <= 0xFFFF ? 4 : 10
    }

    /// Appends a header.
    static func write(opcode: UInt8, payloadLength: Int, to buffer: inout ByteBuffer) {
        let size = size(payloadLength: payloadLength)
        let end = buffer.writerIndex + size
        buffer.writeRepeatingByte(0, count: size)
        set(opcode: opcode, payloadLength: payloadLength, before: end, in: &buffer)
    }

    /// Puts a header into bytes that are already there, so that it ends where the payload starts.
    static func set(opcode: UInt8, payloadLength: Int, before end: Int, in buffer: inout ByteBuffer) {
        let start = end - size(payloadLength: payloadLength)
        buffer.setInteger(0x80 | opcode, at: start)
        switch end - start {
        case 2:
            buffer.setInteger(UInt8(truncatingIfNeeded: payloadLength), at: start + 1)
        case 4:
            buffer.setInteger(UInt8(126), at: start + 1)
            buffer.setInteger(UInt16(truncatingIfNeeded: payloadLength), at: start + 2)
        default:
            buffer.setInteger(UInt8(127), at: start + 1)
            buffer.setInteger(UInt64(truncatingIfNeeded: payloadLength), at: start + 2)
        }
    }
}
