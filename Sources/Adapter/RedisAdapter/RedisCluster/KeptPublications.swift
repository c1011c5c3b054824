import NIOCore

/// Publications on shard channels that wait for the owner of their slot, in the order in which they were given.
struct KeptPublications {
    struct Entry {
        /// Grows from one publication to the next.
        var number: UInt64
        var slot: HashSlot
        var words: [RedisArgument]
    }

    private var entries = CircularBuffer<Entry>()
    private var bytes = 0

    var count: Int { entries.count }

    /// Adds one. What was under way and came back goes before what was given meanwhile.
    mutating func insert(_ entry: Entry) {
        var index = entries.endIndex
        while index > entries.startIndex, entries[entries.index(before: index)].number > entry.number {
            index = entries.index(before: index)
        }
        entries.insert(entry, at: index)
        bytes += HeldCommands.size(entry.words)
    }

    /// Takes the oldest.
    mutating func popFirst() -> Entry? {
        guard let entry = entries.popFirst() else { return nil }
        bytes -= HeldCommands.size(entry.words)
        return entry
    }

    /// Drops the oldest until no more than so many bytes are left.
    /// - Returns: how many were dropped.
    mutating func dropOldest(beyond limit: Int) -> UInt64 {
        var dropped: UInt64 = 0
        while bytes > limit, popFirst() != nil { dropped += 1 }
        return dropped
    }
}
