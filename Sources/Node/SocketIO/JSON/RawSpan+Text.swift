extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let slash = UInt8(ascii: "/")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let minus = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let dot = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
}

extension RawSpan {
    /// The byte at an offset, which must be inside.
    func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    /// Whether there is a byte at this offset, and it is the given one.
    func hasByte(_ byte: UInt8, at offset: Int) -> Bool { offset < byteCount && self.byte(at: offset) == byte }

    /// Whether there is a decimal digit at this offset.
    func hasDigit(at offset: Int) -> Bool { offset < byteCount && (UInt8.zero ... .nine).contains(byte(at: offset)) }

    /// The first offset, from `start` on, of a quote, a backslash or a control character, which are exactly the
    /// bytes that cannot stand for themselves in a JSON string; the end if there is none.
    ///
    /// Looks at 8 bytes at a time: in each byte of a word the highest bit is set where the byte equals the quote, or
    /// the backslash, or is below 0x20. Borrows can set it wrongly, but only behind the first true one.
    func endOfPlainText(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var offset = start
        while offset + 8 <= byteCount {
            let word = UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let quotes = word ^ (ones &* UInt64(UInt8.quote))
            let backslashes = word ^ (ones &* UInt64(UInt8.backslash))
            let stops =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word)
                & tops
            if stops != 0 { return offset + stops.trailingZeroBitCount >> 3 }
            offset += 8
        }
        while offset < byteCount {
            let byte = byte(at: offset)
            if byte == .quote || byte == .backslash || byte < 0x20 { return offset }
            offset += 1
        }
        return byteCount
    }

    /// The value of four hexadecimal digits, or `nil` if they are not. All four must be inside.
    func hexadecimal(at offset: Int) -> UInt16? {
        var value: UInt16 = 0
        for index in 0..<4 {
            let byte = byte(at: offset + index)
            let digit: UInt8
            switch byte {
            case .zero ... .nine: digit = byte - .zero
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// The bytes of a range, which must be inside, as a string; what is not UTF-8 becomes U+FFFD.
    func string(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the bytes of a range, which must be inside, are exactly these.
    /// - Parameters:
    ///   - range: offsets of the bytes.
    ///   - text: the other bytes.
    /// - Returns: whether they are.
    package func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where byte(at: range.lowerBound + index) != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// Whether the bytes of a range, which must be inside, are a text.
    /// - Parameters:
    ///   - range: offsets of the bytes.
    ///   - text: the text.
    /// - Returns: whether they are its UTF-8.
    package func equals(_ range: Range<Int>, text: String) -> Bool {
        let text = text.utf8Span.span.bytes
        guard range.count == text.byteCount else { return false }
        for index in 0..<range.count where byte(at: range.lowerBound + index) != text.byte(at: index) { return false }
        return true
    }

    /// Whether all bytes of a range, which must be inside, are ASCII. Looks at 8 bytes at a time.
    func isASCII(_ range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            guard unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            else { return false }
            offset += 8
        }
        while offset < range.upperBound {
            guard byte(at: offset) < 0x80 else { return false }
            offset += 1
        }
        return true
    }
}
