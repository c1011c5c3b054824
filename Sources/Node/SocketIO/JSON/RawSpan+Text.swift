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
    func endOfPlainText(from start: Int) -> Int { endOfPlain(from: start, others: 0) }

    /// The first offset of a byte that ends plain text, or is not ASCII; the end if there is none.
    func endOfPlainASCII() -> Int { endOfPlain(from: 0, others: Self.tops) }

    /// Looks at 8 bytes at a time, in long texts at 32; bits of `others` end plain text, too.
    @inline(__always)
    private func endOfPlain(from start: Int, others: UInt64) -> Int {
        var offset = start
        while offset + 8 <= byteCount {
            let word = word(at: offset)
            let stops = Self.stops(word) | word & others
            if stops != 0 { return offset + stops.trailingZeroBitCount >> 3 }
            offset += 8
            if offset - start == 64 { offset = endOfPlainBlocks(from: offset, others: others) }
        }
        while offset < byteCount {
            let byte = byte(at: offset)
            if byte == .quote || byte == .backslash || byte < 0x20 || UInt64(byte) & others != 0 { return offset }
            offset += 1
        }
        return byteCount
    }

    /// Skips blocks of 32 bytes that are plain. A function of its own: what it needs would slow down short texts.
    @inline(never)
    private func endOfPlainBlocks(from start: Int, others: UInt64) -> Int {
        var offset = start
        while offset + 32 <= byteCount {
            let (first, second) = (word(at: offset), word(at: offset + 8))
            let (third, fourth) = (word(at: offset + 16), word(at: offset + 24))
            let stops = Self.stops(first) | Self.stops(second) | Self.stops(third) | Self.stops(fourth)
            guard stops | (first | second | third | fourth) & others == 0 else { break }
            offset += 32
        }
        return offset
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// In each byte of a word the highest bit is set where the byte equals the quote, or the backslash, or is below 0x20.
    /// Borrows can set it wrongly, but only behind the first true one.
    @inline(__always)
    private static func stops(_ word: UInt64) -> UInt64 {
        let quotes = word ^ (ones &* UInt64(UInt8.quote))
        let backslashes = word ^ (ones &* UInt64(UInt8.backslash))
        let controls = (word &- ones &* 0x20) & ~word
        return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | controls) & tops
    }

    /// Eight bytes at an offset, which must be inside.
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
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

    /// The bytes of a range as a string.
    /// - Parameter range: offsets of the bytes, which must be inside.
    /// - Returns: the text; what is not UTF-8 becomes U+FFFD.
    package func string(_ range: Range<Int>) -> String {
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
    package func equals(_ range: Range<Int>, text: String) -> Bool { equals(range, text.utf8Span.span.bytes) }

    /// Whether the bytes of a range, which must be inside, are these. Looks at 8 bytes at a time, at the last of them again if
    /// there are not so many left.
    func equals(_ range: Range<Int>, _ other: RawSpan) -> Bool {
        let (start, count) = (range.lowerBound, other.byteCount)
        guard range.count == count else { return false }
        guard count >= 8 else {
            for offset in 0..<count where byte(at: start + offset) != other.byte(at: offset) { return false }
            return true
        }
        var offset = 0
        while offset + 8 < count {
            guard word(at: start + offset) == other.word(at: offset) else { return false }
            offset += 8
        }
        return word(at: start + count - 8) == other.word(at: count - 8)
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
