/// Where the messages of the support chat are kept (applications, B.6). A store may be shared by all nodes of a cluster.
///
/// Every call may suspend until its deadline, at most a few seconds; none blocks the caller's thread. Names are compared
/// without regard to case, and come back as they were registered.
public protocol MessageStore: Sendable {
    /// Stores a message. When this returns, it is committed: every later read, on any node, has it.
    /// - Parameter draft: the message; both accounts exist.
    /// - Returns: the stored message, or the one that the same client id stored before.
    /// - Throws: ``StoreError``.
    func append(_ draft: MessageDraft) async throws(StoreError) -> AppendOutcome

    /// Reads the messages from and to an account.
    /// - Parameters:
    ///   - account: its name.
    ///   - page: which of them.
    /// - Returns: the messages, oldest first.
    /// - Throws: ``StoreError``.
    func messages(of account: String, _ page: HistoryPage) async throws(StoreError) -> [StoredMessage]

    /// Reads the messages of all accounts, as administrators see them when they catch up.
    /// - Parameter page: which of them.
    /// - Returns: the messages, oldest first.
    /// - Throws: ``StoreError``.
    func messages(_ page: HistoryPage) async throws(StoreError) -> [StoredMessage]

    /// Reads who has a conversation with the desk.
    /// - Returns: names of the accounts, none of them an administrator's, that wrote to an administrator or were written to
    ///   by one; each once, who wrote or was written to last first.
    /// - Throws: ``StoreError``.
    func conversations() async throws(StoreError) -> [String]

    /// Removes old messages.
    /// - Parameters:
    ///   - milliseconds: those stored before this instant, in milliseconds since 1970-01-01 UTC.
    ///   - limit: most rows removed by this call, so that it is short.
    /// - Returns: how many were removed.
    /// - Throws: ``StoreError``.
    func removeMessages(before milliseconds: Int64, limit: Int) async throws(StoreError) -> Int
}

extension MessageStore {
    /// Reads the messages of all accounts out of the conversations with the desk, one after the other; a store that can
    /// read them at once does so.
    /// - Parameter page: which of them.
    /// - Returns: the messages, oldest first.
    /// - Throws: ``StoreError``.
    public func messages(_ page: HistoryPage) async throws(StoreError) -> [StoredMessage] {
        var found: [Int64: StoredMessage] = [:]
        for name in try await conversations() {
            for message in try await messages(of: name, page) { found[message.id] = message }
        }
        let sorted = found.values.sorted { $0.id < $1.id }
        return Array(page.after == nil ? sorted.suffix(page.limit) : sorted.prefix(page.limit))
    }
}
