/// Reads the lines of a head in a window of bytes. Nothing is read beyond the window: what does not end in it is too long
/// if the window cannot grow, else more bytes are needed.
struct LineScanner {
    let bytes: UnsafeRawBufferPointer
    /// Whether more bytes could make the window larger.
    let mayGrow: Bool
    /// Where reading goes on.
    var position: Int

    /// - Parameters:
    ///   - all: everything that was received.
    ///   - start: where the line begins.
    ///   - limit: most bytes that the line may have, its end not counted.
    init(_ all: UnsafeRawBufferPointer, from start: Int, limit: Int) {
        let longest = max(0, all.count - start)
        let isCut = longest - 2 > limit
        bytes = UnsafeRawBufferPointer(rebasing: all[..<(isCut ? start + limit + 2 : all.count)])
        mayGrow = !isCut
        position = start
    }

    /// The byte at the position; `nil` at the end of the window.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The window ended before the line did: more bytes are needed.
    /// - Throws: ``MalformedMessage/tooLarge`` if they would not help.
    func endsEarly() throws(MalformedMessage) {
        guard mayGrow else { throw .tooLarge }
    }

    /// Passes over a token (RFC 9110, section 5.6.2).
    mutating func skipToken() {
        position = endOfWord(from: position)
        while position < bytes.count, Self.isToken(bytes[position]) { position += 1 }
    }

    /// Passes over blanks and tabs.
    @inline(__always)
    mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    /// Passes over what may stand in a field value (section 5.5): everything but control characters.
    mutating func skipText() {
        repeat { position = endOfRun(from: position, above: 0x1F) } while skip(0x09)
    }

    /// Passes over what may stand in a request target: everything but control characters and blanks. Bytes over 7F are
    /// no part of an address, but there are clients that send them.
    mutating func skipTarget() {
        position = endOfRun(from: position, above: 0x20)
    }

    /// Passes over one byte.
    /// - Returns: whether it was there.
    @inline(__always)
    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Passes over the end of a line, which is CR and LF: whoever takes another one for the end could be shown a
    /// different message.
    /// - Returns: `false` if more bytes are needed.
    /// - Throws: ``MalformedMessage`` if there is no end of a line here.
    @inline(__always)
    mutating func skipLineEnd() throws(MalformedMessage) -> Bool {
        guard next == 0x0D || next == nil else { throw .syntax }
        guard position + 1 < bytes.count else {
            try endsEarly()
            return false
        }
        guard bytes[position + 1] == 0x0A else { throw .syntax }
        position += 2
        return true
    }

    /// Where a run of letters and hyphens ends, or earlier: close to the end of the window. Eight at a time.
    @inline(__always)
    private func endOfWord(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs = ones &* 0x80
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let small = (word | ones &* 0x20) & ~highs
            // The high bit of each byte that is a letter, and of each that is no hyphen.
            let letters = (small &+ ones &* (0x80 - 0x61)) & ~(small &+ ones &* (0x7F - 0x7A))
            let others = ((word ^ ones &* 0x2D) & ~highs) &+ ones &* 0x7F
            let stops = (~letters & others | word) & highs
            guard stops == 0 else { return index + stops.trailingZeroBitCount / 8 }
            index += 8
        }
        return index
    }

    /// Where a run of bytes ends that are over a bound and are not DEL. Eight at a time.
    private func endOfRun(from start: Int, above bound: UInt8) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let first = ones &* UInt64(bound &+ 1)
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let delete = word ^ (ones &* 0x7F)
            // The high bit of each byte that is too small, or DEL; exact up to the first of them.
            let stops = ((word &- first) & ~word | (delete &- ones) & ~delete) & (ones &* 0x80)
            guard stops == 0 else { return index + stops.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, bytes[index] > bound, bytes[index] != 0x7F { index += 1 }
        return index
    }

    /// Whether a byte may stand in a token.
    static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        // One bit for each of !#$%&'*+-.0-9 and A-Z^_`a-z|~.
        let bits: UInt64 = byte < 0x40 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return bits >> UInt64(byte & 0x3F) & 1 == 1
    }
}
