/// Participants in order of their places; a place is a number that the machine hands out once.
///
/// A binary heap that knows where each place lies: with `n` waiting, whoever comes or goes costs `O(log n)`, and the first
/// few are read off its top in a time that does not depend on `n`.
struct WaitingQueue: Sendable {
    struct Entry: Sendable, Equatable {
        var place: Int64
        var participant: String
    }

    /// No entry is before its parent, at `(index - 1) / 2`.
    private var heap: [Entry] = []
    private var indexes: [Int64: Int] = [:]

    var isEmpty: Bool { heap.isEmpty }
    /// All entries, in order.
    var entries: [Entry] { heap.sorted { $0.place < $1.place } }

    mutating func insert(_ participant: String, at place: Int64) {
        heap.append(Entry(place: place, participant: participant))
        rise(heap.count - 1)
    }

    mutating func remove(at place: Int64) {
        guard let index = indexes.removeValue(forKey: place), let last = heap.popLast(), index < heap.count else {
            return
        }
        heap[index] = last
        rise(index)
        sink(indexes[last.place] ?? index)
    }

    /// The first `window` entries, and the entries of `fresh` places behind them, in order.
    func candidates(window: Int, fresh: [Int64]) -> [Entry] {
        let head = first(window)
        guard let last = head.last?.place, heap.count > window else { return head }
        return head + fresh.filter { $0 > last }.sorted().compactMap { indexes[$0].map { heap[$0] } }
    }

    /// The first entries, in order: each is the earliest of the children of those before it.
    private func first(_ count: Int) -> [Entry] {
        var found: [Entry] = []
        var next = heap.isEmpty ? [] : [0]
        while found.count < count, let nearest = next.indices.min(by: { heap[next[$0]].place < heap[next[$1]].place }) {
            let index = next.remove(at: nearest)
            found.append(heap[index])
            next += [2 * index + 1, 2 * index + 2].filter { $0 < heap.count }
        }
        return found
    }

    /// Moves an entry up to where it belongs.
    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0, heap[index].place < heap[(index - 1) / 2].place {
            exchange(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
        indexes[heap[index].place] = index
    }

    /// Moves an entry down to where it belongs.
    private mutating func sink(_ start: Int) {
        var index = start
        while let child = [2 * index + 1, 2 * index + 2].filter({ $0 < heap.count })
            .min(by: { heap[$0].place < heap[$1].place }), heap[child].place < heap[index].place
        {
            exchange(index, child)
            index = child
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        indexes[heap[one].place] = one
        indexes[heap[other].place] = other
    }
}
