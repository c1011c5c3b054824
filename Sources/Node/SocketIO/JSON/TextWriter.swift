import NIOCore

/// Writes JSON and packet text into a buffer. It collects small pieces and hands them over together: a write to a
/// `ByteBuffer` costs as much as copying some fifty bytes.
///
/// Every method takes the buffer, always the same one; ``flush(to:)`` is to be called at the end.
struct TextWriter {
    private var staged = InlineArray<96, UInt8>(repeating: 0)
    private var count = 0

    /// Hands over what was collected.
    mutating func flush(to buffer: inout ByteBuffer) {
        buffer.writeBytes(staged.span.bytes.extracting(0..<count))
        count = 0
    }

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
        var space = staged.mutableSpan
        space.withUnsafeMutableBytes { space in
            text.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: space[count...]).copyMemory(from: $0) }
        }
        count += text.byteCount
    }

    /// Adds text.
    mutating func append(_ text: StaticString, to buffer: inout ByteBuffer) {
        text.withUTF8Buffer { append($0.span.bytes, to: &buffer) }
    }

    /// Adds a number in decimal digits.
    mutating func append(decimal number: some FixedWidthInteger, to buffer: inout ByteBuffer) {
        DecimalDigits(number).withBytes { append($0, to: &buffer) }
    }

    /// Adds UTF-8 text as a JSON string with its quotes, escaped as `JSON.stringify` does.
    mutating func append(string text: RawSpan, to buffer: inout ByteBuffer) {
        append(.quote, to: &buffer)
        var start = 0
        while start < text.byteCount {
            let end = text.endOfPlainText(from: start)
            append(text.extracting(start..<end), to: &buffer)
            guard end < text.byteCount else { break }
            append(escaped: text.byte(at: end), to: &buffer)
            start = end + 1
        }
        append(.quote, to: &buffer)
    }

    private mutating func append(escaped byte: UInt8, to buffer: inout ByteBuffer) {
        let short: UInt8
        switch byte {
        case .quote, .backslash: short = byte
        case 0x08: short = UInt8(ascii: "b")
        case 0x09: short = UInt8(ascii: "t")
        case 0x0A: short = UInt8(ascii: "n")
        case 0x0C: short = UInt8(ascii: "f")
        case 0x0D: short = UInt8(ascii: "r")
        default:
            append(byte < 0x10 ? "\\u000" : "\\u001", to: &buffer)
            let digit = byte & 0xF
            append(digit < 10 ? .zero + digit : UInt8(ascii: "a") + digit - 10, to: &buffer)
            return
        }
        append(.backslash, to: &buffer)
        append(short, to: &buffer)
    }
}
