import NIOCore

/// Writes headers of unmasked, final WebSocket frames (RFC 6455, section 5.2), which is all that a server sends.
enum FrameHeader {
    /// Length of the header in bytes: 2, 4 or 10.
    static func size(payloadLength: Int) -> Int {
        payloadLength < 126 ? 2 : payloadLength <= 0xFFFF ? 4 : 10
    }

    /// Appends a header.
    static func write(opcode: UInt8, payloadLength: Int, to output: inout OutputRawSpan) {
        let start = start(opcode, payloadLength)
        switch size(payloadLength: payloadLength) {
        case 2: output.append(bigEndian: start)
        case 4: output.append(bigEndian: UInt32(start) << 16 | UInt32(payloadLength))
        default:
            output.append(bigEndian: start)
            output.append(bigEndian: UInt64(payloadLength))
        }
    }

    /// Appends a header.
    static func write(opcode: UInt8, payloadLength: Int, to buffer: inout ByteBuffer) {
        buffer.writeWithOutputRawSpan(minimumWritableBytes: size(payloadLength: payloadLength)) { output in
            write(opcode: opcode, payloadLength: payloadLength, to: &output)
        }
    }

    /// Puts a header into bytes that are already there, so that it ends where the payload starts.
    static func set(opcode: UInt8, payloadLength: Int, before end: Int, in buffer: inout ByteBuffer) {
        let start = start(opcode, payloadLength)
        switch size(payloadLength: payloadLength) {
        case 2: buffer.setInteger(start, at: end - 2)
        case 4: buffer.setInteger(UInt32(start) << 16 | UInt32(payloadLength), at: end - 4)
        default:
            buffer.setInteger(start, at: end - 10)
            buffer.setInteger(UInt64(payloadLength), at: end - 8)
        }
    }

    /// The first two bytes.
    private static func start(_ opcode: UInt8, _ payloadLength: Int) -> UInt16 {
        let length = payloadLength < 126 ? payloadLength : payloadLength <= 0xFFFF ? 126 : 127
        return UInt16(0x80 | opcode) << 8 | UInt16(length)
    }
}
