/// Participants in order of their places; a place is a number that the machine hands out once.
///
/// A sorted array: at rest a queue holds a handful of entries (see ``MatchMachine``), and even with thousands the
/// removal of one is a binary search and one move of memory.
struct WaitingQueue: Sendable {
    struct Entry: Sendable, Equatable {
        var place: Int64
        var participant: String
    }

    private(set) var entries: [Entry] = []

    mutating func insert(_ participant: String, at place: Int64) {
        entries.insert(Entry(place: place, participant: participant), at: index(of: place))
    }

    mutating func remove(at place: Int64) {
        let index = index(of: place)
        if index < entries.count, entries[index].place == place { entries.remove(at: index) }
    }

    /// The first `window` entries, and the entries of `fresh` places behind them, in order.
    func candidates(window: Int, fresh: [Int64]) -> [Entry] {
        let head = entries.prefix(window)
        guard let last = head.last?.place, entries.count > window else { return Array(head) }
        return head + fresh.filter { $0 > last }.sorted().compactMap(entry)
    }

    private func entry(at place: Int64) -> Entry? {
        let index = index(of: place)
        return index < entries.count && entries[index].place == place ? entries[index] : nil
    }

    /// Index of the first entry that is not before the place.
    private func index(of place: Int64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].place < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
