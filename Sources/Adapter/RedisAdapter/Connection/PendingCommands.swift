import NIOCore

/// Commands that wait for their replies, oldest first. Redis answers in order, so the first reply is the first one's.
struct PendingCommands {
    typealias Completion = @Sendable (Result<RedisReply, RedisError>) -> Void

    /// Whose reply it is.
    enum Addressee {
        /// Who wants to know.
        case asker(Completion)
        /// Nobody cares, or whoever did has already been told that it is late.
        case nobody
        /// No command is outstanding: the reply should not have come.
        case unknown
    }

    private struct Entry {
        /// `nil` for ``Addressee/nobody``.
        var completion: Completion?
        var deadline: NIODeadline
    }

    private var entries = CircularBuffer<Entry>()
    /// How many entries at the front have been looked at by ``expired(at:)``.
    private var examined = 0

    /// How many replies are outstanding.
    var count: Int { entries.count }

    /// How many of them belong to publications.
    var publications: Int { entries.count { $0.completion == nil && $0.deadline == .distantFuture } }

    /// A command was handed over. Deadlines never decrease.
    /// Those of publications, which may take as long as they like, are in the distant future; they need not be last.
    mutating func append(_ completion: Completion?, deadline: NIODeadline) {
        entries.append(Entry(completion: completion, deadline: deadline))
    }

    /// A reply came.
    /// - Returns: whose it is.
    mutating func replied() -> Addressee {
        guard let entry = entries.popFirst() else { return .unknown }
        examined = max(0, examined - 1)
        return entry.completion.map { .asker($0) } ?? .nobody
    }

    /// Time has passed. Late commands keep their place in the order of replies.
    /// - Returns: who is to be told that there was no reply in time.
    mutating func expired(at now: NIODeadline) -> [Completion] {
        var late: [Completion] = []
        while examined < entries.count {
            let index = entries.index(entries.startIndex, offsetBy: examined)
            if let completion = entries[index].completion {
                guard entries[index].deadline <= now else { break }
                late.append(completion)
                entries[index].completion = nil
            }
            examined += 1
        }
        return late
    }

    /// The connection is lost.
    /// - Returns: who is to be told.
    mutating func removeAll() -> [Completion] {
        defer { self = PendingCommands() }
        return entries.compactMap(\.completion)
    }
}
