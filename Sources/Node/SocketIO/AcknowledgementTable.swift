/// Who waits for which acknowledgement, of one socket. Ids count up from 0 and are never used twice.
public struct AcknowledgementTable<Entry> {
    /// How many may wait at the same time.
    public let limit: Int
    @usableFromInline var entries: [Int: Entry] = [:]
    @usableFromInline var nextID = 0

    /// Creates an empty table.
    /// - Parameter limit: how many may wait at the same time, so that a client that never answers costs no more.
    @inlinable
    public init(limit: Int = 10_000) { self.limit = limit }

    /// How many wait.
    @inlinable
    public var count: Int { entries.count }

    /// An event is about to be sent that shall be acknowledged.
    /// - Parameter entry: what to find when the acknowledgement comes.
    /// - Returns: the id for the packet; `nil` if too many wait already.
    @inlinable
    public mutating func add(_ entry: Entry) -> Int? {
        guard entries.count < limit else { return nil }
        defer { nextID += 1 }
        entries[nextID] = entry
        return nextID
    }

    /// An acknowledgement came, or its time is over.
    /// - Parameter id: the id of the event.
    /// - Returns: the entry, which is removed; `nil` if nobody waits for this id (unknown, or answered before).
    @inlinable
    public mutating func remove(_ id: Int) -> Entry? { entries.removeValue(forKey: id) }

    /// Nothing will be acknowledged any more, as when the socket disconnects.
    /// - Returns: all entries, oldest first.
    @inlinable
    public mutating func removeAll() -> [Entry] {
        defer { entries = [:] }
        return entries.sorted { $0.key < $1.key }.map(\.value)
    }
}
