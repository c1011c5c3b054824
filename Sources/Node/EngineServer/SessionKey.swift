/// Where a session is: what its id says, read once for each request.
struct SessionAddress: Sendable {
    let shard: Int
    let key: SessionKey
}

/// The random part of a session's id as two numbers, which need no memory of their own, unlike the id's text. Unique in
/// its shard, and secret as the id is.
struct SessionKey: Hashable, Sendable {
    /// What the first eight characters stand for, 6 bits each.
    let first: UInt64
    /// What the other eight stand for.
    let second: UInt64

    /// Feeds half of the key: that is random enough, and clients cannot choose any.
    /// - Parameter hasher: where to.
    func hash(into hasher: inout Hasher) { hasher.combine(first) }

    /// Creates a key.
    /// - Parameter random: two random numbers, of which it takes 48 bits each.
    init(random: (UInt64, UInt64)) {
        first = random.0 & (1 << 48 - 1)
        second = random.1 & (1 << 48 - 1)
    }
}
