/// Remembers which node has which session where the id does not say so: sessions of nodes that are not ours.
///
/// The table has two generations. What is used moves to the young one; when that is full or old enough it becomes the
/// old one, and the old one is forgotten. So an id that is in use stays, and one that is not goes after one to two
/// lifetimes, with no work per entry.
struct LearnedSessions: Sendable {
    private var young: [String: NodeID] = [:]
    private var old: [String: NodeID] = [:]
    private var generationBegan: Duration = .zero
    private let capacity: Int
    private let lifetime: Duration

    /// - Parameters:
    ///   - capacity: most ids kept.
    ///   - lifetime: how long an unused id is kept at least, unless the table is full.
    init(capacity: Int, lifetime: Duration) {
        self.capacity = max(2, capacity)
        self.lifetime = lifetime
    }

    var count: Int { young.count + old.count }

    mutating func learn(_ id: String, _ node: NodeID, now: Duration) {
        age(now: now)
        old[id] = nil
        young[id] = node
    }

    mutating func node(of id: String, now: Duration) -> NodeID? {
        age(now: now)
        if let node = young[id] { return node }
        guard let node = old.removeValue(forKey: id) else { return nil }
        young[id] = node
        return node
    }

    mutating func forget(_ node: NodeID) {
        young = young.filter { $0.value != node }
        old = old.filter { $0.value != node }
    }

    private mutating func age(now: Duration) {
        guard young.count >= capacity / 2 || now - generationBegan >= lifetime else { return }
        // Nothing was used for two lifetimes: then the young ones are too old as well.
        old = now - generationBegan >= lifetime * 2 ? [:] : young
        young = [:]
        generationBegan = now
    }
}
