import NIOCore

/// Commands and publications that wait for a connection, oldest first.
struct HeldCommands {
    struct Entry {
        var words: [RedisArgument]
        /// `nil` for publications.
        var completion: PendingCommands.Completion?
    }

    private var entries = CircularBuffer<Entry>()
    /// What the entries take, in bytes: their words, and a little for each entry.
    private(set) var bytes = 0

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// Adds a command.
    mutating func append(_ words: [RedisArgument], _ completion: PendingCommands.Completion?) {
        entries.append(Entry(words: words, completion: completion))
        bytes += Self.size(words)
    }

    /// Takes the oldest.
    mutating func popFirst() -> Entry? {
        guard let entry = entries.popFirst() else { return nil }
        bytes -= Self.size(entry.words)
        return entry
    }

    /// Drops publications from the front until no more than so many bytes are left. Commands end the search: they are
    /// held for a short time only.
    /// - Returns: how many were dropped.
    mutating func dropOldestPublications(beyond limit: Int) -> UInt64 {
        var dropped: UInt64 = 0
        while bytes > limit, let first = entries.first, first.completion == nil {
            _ = popFirst()
            dropped += 1
        }
        return dropped
    }

    /// Takes the commands out and leaves the publications.
    /// - Returns: who is to be told.
    mutating func removeCommands() -> [PendingCommands.Completion] {
        let old = entries
        self = HeldCommands()
        for entry in old where entry.completion == nil { append(entry.words, nil) }
        return old.compactMap(\.completion)
    }

    /// What a command takes, in bytes.
    static func size(_ words: [RedisArgument]) -> Int {
        words.reduce(64) { $0 + $1.length }
    }
}
