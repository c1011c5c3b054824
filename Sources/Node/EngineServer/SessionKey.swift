/// Where a session is: what its id says, read once for each request.
struct SessionAddress: Sendable {
    let shard: Int
    let key: SessionKey
}

/// The random part of a session's id as two numbers, which need no memory of their own, unlike the id's text. Unique in
/// its shard, and secret as the id is.
struct SessionKey: Hashable, Sendable {
    /// The first eight characters, the lowest byte first, so that an id is looked up as it was sent.
    let first: UInt64
    /// The other eight.
    let second: UInt64

    /// Feeds half of the key: that is random enough, and clients cannot choose any.
    /// - Parameter hasher: where to.
    func hash(into hasher: inout Hasher) { hasher.combine(first) }

    /// Creates a key.
    /// - Parameter random: two random numbers, of which it takes 48 bits each.
    init(random: (UInt64, UInt64)) {
        first = Self.characters(random.0)
        second = Self.characters(random.1)
    }

    /// The key in an id as it was sent, whose characters may be any: such a session is not found.
    /// - Parameters:
    ///   - first: the first eight characters.
    ///   - second: the other eight.
    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    /// Eight characters that stand for 6 bits each.
    private static func characters(_ random: UInt64) -> UInt64 {
        (0..<8).reduce(0) { characters, index in
            characters | UInt64(SessionIDs.alphabet[Int(random >> UInt64(index * 6) & 63)]) << UInt64(index * 8)
        }
    }
}
