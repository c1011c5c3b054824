public import Matchmaking

extension MatchOperation {
    /// Draws an operation of one of a few participants, every other of whom has a user that it shares with some.
    /// - Parameters:
    ///   - count: how many participants there are; they belong to the nodes `node0-`, `node1-` and `node2-`.
    ///   - random: source of randomness.
    /// - Returns: an operation; most of them are `find` or `next`.
    public static func random(of count: Int, using random: inout SeededGenerator) -> MatchOperation {
        let number = Int.random(in: 0..<count, using: &random)
        let id = "node\(number % 3)-p\(number)"
        let user = number % 2 == 0 ? "user\(number % 8)" : nil
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<5:
            let pool = ["", "", "north", "south"].randomElement(using: &random) ?? ""
            return .find(participant: id, user: user, wantsVideo: .random(using: &random), pool: pool)
        case 5..<7: return .next(participant: id, user: user)
        case 7: return .next(participant: id, user: user, pairID: "1")
        case 8: return .leave(participant: id)
        case 9: return .suspend(participant: id)
        case 10: return .resume(participant: id, user: user)
        default: return .disconnect(participant: id)
        }
    }
}

/// SplitMix64: the same numbers on every run.
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Begins a sequence.
    /// - Parameter seed: names it.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    /// - Returns: 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
