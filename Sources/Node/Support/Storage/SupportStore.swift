/// A database of the support chat: its messages and its accounts, and what those who run it want to know.
///
/// Every call ends within a few seconds, whatever the database does: then it throws ``StoreError/unavailable``. After an
/// outage the store works again by itself.
public protocol SupportStore: MessageStore, AccountStore {
    /// Asks the database something trivial.
    /// - Throws: ``StoreError/unavailable`` if it does not answer.
    func check() async throws(StoreError)

    /// What the calls of this process came to.
    var metrics: StoreMetrics { get }

    /// Waits for calls that are under way and closes the connections; every later call throws
    /// ``StoreError/unavailable``.
    func close() async
}
