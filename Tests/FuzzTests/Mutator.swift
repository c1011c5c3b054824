import NIOCore

/// Makes inputs of inputs, the same ones in every run.
struct Mutator {
    private let seeds: [[UInt8]]
    private let words: [[UInt8]]
    private var random = SplitMix()

    /// - Parameters:
    ///   - seeds: where to begin; at least one.
    ///   - words: what is put in now and then.
    init(seeds: [ByteBuffer], words: [ByteBuffer]) {
        self.seeds = seeds.map { Array($0.readableBytesView) }
        self.words = words.map { Array($0.readableBytesView) }
    }

    /// A seed after one to eight mutations.
    mutating func next() -> ByteBuffer {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) { mutate(&bytes) }
        return ByteBuffer(bytes: bytes)
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let range = someRange(of: bytes)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes.insert(.random(in: .min ... .max, using: &random), at: range.lowerBound)
        case 1: bytes.removeSubrange(range)
        case 2: bytes.insert(contentsOf: bytes[range], at: range.lowerBound)
        case 3: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: range.lowerBound)
        case 4: bytes.replaceSubrange(range, with: words.randomElement(using: &random) ?? [])
        case 5:
            let other = seeds.randomElement(using: &random) ?? []
            bytes.replaceSubrange(range.lowerBound..., with: other[someRange(of: other).lowerBound...])
        default:
            guard range.lowerBound < bytes.count else { return }
            bytes[range.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
    }

    /// Somewhere in a list, up to 16 long.
    private mutating func someRange(of bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &random)
        return start..<min(bytes.count, start + Int.random(in: 1...16, using: &random))
    }
}

/// SplitMix64: small, and the same on every machine.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
