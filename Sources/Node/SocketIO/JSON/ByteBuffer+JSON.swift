import NIOCore

extension ByteBuffer {
    /// Appends a JSON string with its quotes, escaped as `JSON.stringify` does.
    mutating func writeJSONString(_ string: String) {
        writeJSONString(string.utf8Span.span.bytes)
    }

    /// Appends UTF-8 text as a JSON string.
    mutating func writeJSONString(_ text: RawSpan) {
        writeInteger(UInt8.quote)
        var start = 0
        while start < text.byteCount {
            let end = text.endOfPlainText(from: start)
            if end > start { writeBytes(text.extracting(start..<end)) }
            guard end < text.byteCount else { break }
            writeEscape(text.byte(at: end))
            start = end + 1
        }
        writeInteger(UInt8.quote)
    }

    private mutating func writeEscape(_ byte: UInt8) {
        let short: UInt8
        switch byte {
        case .quote, .backslash: short = byte
        case 0x08: short = UInt8(ascii: "b")
        case 0x09: short = UInt8(ascii: "t")
        case 0x0A: short = UInt8(ascii: "n")
        case 0x0C: short = UInt8(ascii: "f")
        case 0x0D: short = UInt8(ascii: "r")
        default:
            writeStaticString(byte < 0x10 ? "\\u000" : "\\u001")
            let digit = byte & 0xF
            writeInteger(digit < 10 ? UInt8.zero + digit : UInt8(ascii: "a") + digit - 10)
            return
        }
        writeInteger(UInt8.backslash)
        writeInteger(short)
    }

    /// Appends an integer in decimal digits.
    mutating func writeDecimal(_ value: some FixedWidthInteger) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        var magnitude = UInt64(value.magnitude)
        repeat {
            start -= 1
            digits[start] = .zero + UInt8(magnitude % 10)
            magnitude /= 10
        } while magnitude > 0
        if value < 0 { writeInteger(UInt8.minus) }
        writeBytes(digits.span.bytes.extracting(start..<20))
    }
}
