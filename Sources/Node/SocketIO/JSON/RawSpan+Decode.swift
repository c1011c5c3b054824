extension RawSpan {
    /// The value of a number that the scanner has accepted: an integer if it is written as one and fits 64 bits.
    func number(_ range: Range<Int>) -> Value {
        if let value = integer(range) { return .int(value) }
        return .double(fraction(range) ?? Double(string(range)) ?? .nan)
    }

    /// The value of a number with at most 15 digits and no exponent. Its digits, and the power of ten that they are to be
    /// divided by, are then exact as `Double`, so that the quotient is rounded once, as it should be.
    private func fraction(_ range: Range<Int>) -> Double? {
        let isNegative = byte(at: range.lowerBound) == .minus
        guard range.count <= 17 else { return nil }
        var digits: Int64 = 0
        var count = 0
        var divisor: Double = 1
        var isFraction = false
        for offset in (range.lowerBound + (isNegative ? 1 : 0))..<range.upperBound {
            let byte = byte(at: offset)
            if byte == .dot {
                isFraction = true
                continue
            }
            guard (UInt8.zero ... .nine).contains(byte) else { return nil }
            digits = digits * 10 + Int64(byte - .zero)
            count += 1
            if isFraction { divisor *= 10 }
        }
        guard count <= 15 else { return nil }
        return (isNegative ? -1 : 1) * Double(digits) / divisor
    }

    private func integer(_ range: Range<Int>) -> Int64? {
        let isNegative = byte(at: range.lowerBound) == .minus
        var value: Int64 = 0
        for offset in (range.lowerBound + (isNegative ? 1 : 0))..<range.upperBound {
            guard hasDigit(at: offset) else { return nil }
            let digit = Int64(byte(at: offset) - .zero)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            // Built on the negative side, which reaches one further.
            let (difference, borrow) = product.subtractingReportingOverflow(digit)
            guard !overflow, !borrow else { return nil }
            value = difference
        }
        return isNegative ? value : value == .min ? nil : -value
    }

    /// The text of a string body (without its quotes) that the scanner has accepted, its escape sequences resolved.
    ///
    /// Half of a surrogate pair without the other half becomes U+FFFD.
    func unescapedString(_ range: Range<Int>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = byte(at: offset)
            if byte == .backslash {
                append(escapeAt: &offset, before: range.upperBound, to: &text)
            } else {
                text.append(byte)
                offset += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func append(escapeAt offset: inout Int, before end: Int, to text: inout [UInt8]) {
        let escaped = byte(at: offset + 1)
        guard escaped == UInt8(ascii: "u") else {
            text.append(Self.controlCharacter(escaped))
            offset += 2
            return
        }
        var scalar = UInt32(hexadecimal(at: offset + 2) ?? 0xFFFD)
        offset += 6
        if scalar & 0xFC00 == 0xD800, let low = lowSurrogate(at: offset, before: end) {
            scalar = 0x10000 + (scalar & 0x3FF) << 10 + UInt32(low & 0x3FF)
            offset += 6
        }
        text.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    }

    private func lowSurrogate(at offset: Int, before end: Int) -> UInt16? {
        guard offset + 6 <= end, byte(at: offset) == .backslash, byte(at: offset + 1) == UInt8(ascii: "u"),
            let value = hexadecimal(at: offset + 2), value & 0xFC00 == 0xDC00
        else { return nil }
        return value
    }

    private static func controlCharacter(_ escaped: UInt8) -> UInt8 {
        switch escaped {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escaped
        }
    }
}
