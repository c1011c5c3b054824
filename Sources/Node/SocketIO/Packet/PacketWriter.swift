import NIOCore

/// Collects the small pieces of a packet's text and hands them to the buffer together: a write to a `ByteBuffer` costs as
/// much as copying some fifty bytes.
struct PacketWriter {
    private var staged = InlineArray<96, UInt8>(repeating: 0)
    private var count = 0

    /// Adds one byte.
    mutating func append(_ byte: UInt8, to buffer: inout ByteBuffer) {
        if count == staged.count { flush(to: &buffer) }
        staged[count] = byte
        count += 1
    }

    /// Adds text; what is long goes straight to the buffer.
    mutating func append(_ text: RawSpan, to buffer: inout ByteBuffer) {
        guard text.byteCount <= staged.count - count else {
            flush(to: &buffer)
            buffer.writeBytes(text)
            return
        }
        for offset in 0..<text.byteCount { staged[count + offset] = text.byte(at: offset) }
        count += text.byteCount
    }

    /// Adds a number that is not negative, in decimal digits.
    mutating func append(decimal number: Int, to buffer: inout ByteBuffer) {
        let number = number.magnitude
        var divisor: UInt = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(.zero + UInt8(truncatingIfNeeded: number / divisor % 10), to: &buffer)
            divisor /= 10
        }
    }

    /// Hands over what was collected. To be called at the end.
    mutating func flush(to buffer: inout ByteBuffer) {
        buffer.writeBytes(staged.span.bytes.extracting(0..<count))
        count = 0
    }
}
