/// SHA-1 (FIPS 180-4), which the WebSocket handshake prescribes; it protects nothing there.
struct SHA1 {
    // The five words that all blocks of a message go into.
    private var a: UInt32 = 0x6745_2301
    private var b: UInt32 = 0xEFCD_AB89
    private var c: UInt32 = 0x98BA_DCFE
    private var d: UInt32 = 0x1032_5476
    private var e: UInt32 = 0xC3D2_E1F0

    /// The 20 bytes of a digest.
    static func digest(_ message: RawSpan) -> [UInt8] {
        var state = SHA1()
        var start = 0
        while start + 64 <= message.byteCount {
            state.absorb(message.extracting(start..<start + 64))
            start += 64
        }
        state.absorb(last: message.extracting(start..<message.byteCount), of: message.byteCount)
        return state.bytes
    }

    /// Takes what is left of a message in, less than a block, with the padding: one block, or two.
    private mutating func absorb(last rest: RawSpan, of count: Int) {
        var blocks = InlineArray<128, UInt8>(repeating: 0)
        var bytes = blocks.mutableSpan
        for index in 0..<rest.byteCount { bytes[index] = rest.unsafeLoad(fromByteOffset: index, as: UInt8.self) }
        bytes[rest.byteCount] = 0x80
        let end = rest.byteCount < 56 ? 64 : 128
        let length = UInt64(count) &* 8
        for index in 0..<8 { bytes[end - 1 - index] = UInt8(truncatingIfNeeded: length >> UInt64(8 * index)) }
        for start in stride(from: 0, to: end, by: 64) { absorb(blocks.span.bytes.extracting(start..<start + 64)) }
    }

    /// Takes a block of 64 bytes in.
    private mutating func absorb(_ block: RawSpan) {
        var words = InlineArray<80, UInt32>(repeating: 0)
        var schedule = words.mutableSpan
        for index in 0..<16 {
            schedule[index] = UInt32(bigEndian: block.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        }
        for index in 16..<80 {
            schedule[index] = Self.rotate(
                schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16], 1)
        }
        var next = self
        for index in 0..<20 { next.turn(schedule[index], next.b & next.c | ~next.b & next.d, 0x5A82_7999) }
        for index in 20..<40 { next.turn(schedule[index], next.b ^ next.c ^ next.d, 0x6ED9_EBA1) }
        for index in 40..<60 {
            next.turn(schedule[index], next.b & next.c | next.b & next.d | next.c & next.d, 0x8F1B_BCDC)
        }
        for index in 60..<80 { next.turn(schedule[index], next.b ^ next.c ^ next.d, 0xCA62_C1D6) }
        (a, b, c, d, e) = (a &+ next.a, b &+ next.b, c &+ next.c, d &+ next.d, e &+ next.e)
    }

    private mutating func turn(_ word: UInt32, _ mix: UInt32, _ constant: UInt32) {
        let first = Self.rotate(a, 5) &+ mix &+ e &+ constant &+ word
        (a, b, c, d, e) = (first, a, Self.rotate(b, 30), c, d)
    }

    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &<< bits | word &>> (32 &- bits) }

    /// The digest.
    private var bytes: [UInt8] {
        let words: InlineArray<5, UInt32> = [a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian, e.bigEndian]
        return words.span.bytes.withUnsafeBytes { Array($0) }
    }
}
