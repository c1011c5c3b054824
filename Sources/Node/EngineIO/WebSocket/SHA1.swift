/// SHA-1 (FIPS 180-4), which the WebSocket handshake prescribes; it protects nothing there.
enum SHA1 {
    /// The 20 bytes of a digest.
    static func digest(_ message: [UInt8]) -> [UInt8] {
        let bytes = padded(message)
        var state = State()
        for start in stride(from: 0, to: bytes.count, by: 64) {
            state.absorb(bytes.span.extracting(start..<start + 64))
        }
        return state.bytes
    }

    private static func padded(_ message: [UInt8]) -> [UInt8] {
        let zeros = (119 - message.count % 64) % 64
        var bytes = message
        bytes.reserveCapacity(message.count + zeros + 9)
        bytes.append(0x80)
        bytes.append(contentsOf: repeatElement(0, count: zeros))
        let length = UInt64(message.count) &* 8
        for shift in stride(from: 56 as UInt64, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        return bytes
    }

    /// The five words that all blocks of a message go into.
    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        /// Takes a block of 64 bytes in.
        mutating func absorb(_ block: Span<UInt8>) {
            let schedule = Self.schedule(block)
            let words = schedule.span
            var next = self
            for index in 0..<20 { next.turn(words[index], next.b & next.c | ~next.b & next.d, 0x5A82_7999) }
            for index in 20..<40 { next.turn(words[index], next.b ^ next.c ^ next.d, 0x6ED9_EBA1) }
            for index in 40..<60 {
                next.turn(words[index], next.b & next.c | next.b & next.d | next.c & next.d, 0x8F1B_BCDC)
            }
            for index in 60..<80 { next.turn(words[index], next.b ^ next.c ^ next.d, 0xCA62_C1D6) }
            (a, b, c, d, e) = (a &+ next.a, b &+ next.b, c &+ next.c, d &+ next.d, e &+ next.e)
        }

        private mutating func turn(_ word: UInt32, _ mix: UInt32, _ constant: UInt32) {
            let first = Self.rotate(a, 5) &+ mix &+ e &+ constant &+ word
            (a, b, c, d, e) = (first, a, Self.rotate(b, 30), c, d)
        }

        // An array: the elements of an `InlineArray` would be read from copies of all of it.
        private static func schedule(_ block: Span<UInt8>) -> [UInt32] {
            var words = [UInt32](repeating: 0, count: 80)
            var span = words.mutableSpan
            for index in 0..<16 {
                let high = UInt32(block[4 * index]) << 24 | UInt32(block[4 * index + 1]) << 16
                span[index] = high | UInt32(block[4 * index + 2]) << 8 | UInt32(block[4 * index + 3])
            }
            for index in 16..<80 {
                span[index] = rotate(span[index - 3] ^ span[index - 8] ^ span[index - 14] ^ span[index - 16], 1)
            }
            return words
        }

        private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &<< bits | word &>> (32 &- bits) }

        /// The digest.
        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(20)
            func append(_ word: UInt32) {
                for shift in stride(from: 24 as UInt32, through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
            append(a)
            append(b)
            append(c)
            append(d)
            append(e)
            return bytes
        }
    }
}
