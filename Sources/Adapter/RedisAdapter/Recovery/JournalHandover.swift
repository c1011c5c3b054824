import Synchronization

/// An entry of a journal on its way to the publication that it belongs to: Redis takes both in one step, so that no
/// publication of another node comes between them.
///
/// A task-local value, because the adapter between the store and the client knows nothing of journals. It is there only
/// while the adapter publishes the event, which happens on one thread.
final class JournalHandover: Sendable {
    @TaskLocal static var current: JournalHandover?

    private let client: ObjectIdentifier
    /// Key of the journal, and the two fields of the entry; `nil` once they have been taken.
    private let words: Mutex<[RedisArgument]?>

    init(_ client: RedisClient, words: [RedisArgument]) {
        self.client = ObjectIdentifier(client)
        self.words = Mutex(words)
    }

    /// Takes the entry, once.
    /// - Parameter client: who is about to publish.
    /// - Returns: its key and fields; `nil` if they have been taken, or are for another client.
    func take(by client: RedisClient) -> [RedisArgument]? {
        guard self.client == ObjectIdentifier(client) else { return nil }
        return words.withLock { words in
            defer { words = nil }
            return words
        }
    }
}
