/// When stored messages are published: within a conversation in the order of their ids, also when nodes store them at the
/// same time (applications, B.5.4(9)).
///
/// Decision: the node that stored a message publishes it, but only after the message before it in its conversation. It
/// knows that one from the store, and its publication because nodes tell each other. What they say and what they publish
/// goes the same way through Redis, so whoever publishes the second has seen the first, and so has every receiver. If the
/// first does not come in time, because its node died in between, the second goes out without it: its receivers find the
/// first when they next catch up. Hence the order holds as long as a node publishes within ``wait`` of storing; with shard
/// channels over a Redis Cluster, whose servers do not wait for each other, it is likely, not certain.
struct PublicationOrder<Item> {
    private struct Waiting {
        let item: Item
        let id: Int64
        let predecessor: Int64
        let deadline: Duration
    }

    private struct Progress {
        var lastID = Int64.min
        var changed: Duration
        /// In the order of their ids.
        var waiting: [Waiting] = []
    }

    /// How long a message waits for the one before it.
    let wait: Duration
    private var conversations: [Conversation: Progress] = [:]
    private var lastCleaning = Duration.zero

    init(wait: Duration) { self.wait = wait }

    /// A message was stored here.
    /// - Parameters:
    ///   - item: the message.
    ///   - id: its id.
    ///   - predecessor: id of the message before it in the conversation, if that was stored less than ``wait`` before.
    ///   - conversation: where it belongs.
    ///   - now: time since any fixed instant.
    /// - Returns: what is to be published now, in this order.
    mutating func stored(
        _ item: Item, id: Int64, after predecessor: Int64?, in conversation: Conversation, now: Duration
    ) -> [Item] {
        forgetOld(now: now)
        var progress = conversations[conversation] ?? Progress(changed: now)
        defer { conversations[conversation] = progress }
        progress.changed = now
        guard let predecessor, progress.lastID < predecessor else {
            progress.lastID = max(progress.lastID, id)
            return [item] + Self.release(&progress)
        }
        let place = progress.waiting.firstIndex { $0.id > id } ?? progress.waiting.endIndex
        progress.waiting.insert(
            Waiting(item: item, id: id, predecessor: predecessor, deadline: now + wait), at: place)
        return []
    }

    /// Another node published a message.
    /// - Parameters:
    ///   - id: its id.
    ///   - conversation: where it belongs.
    ///   - now: time since the same instant.
    /// - Returns: what is to be published now, in this order.
    mutating func published(_ id: Int64, in conversation: Conversation, now: Duration) -> [Item] {
        forgetOld(now: now)
        var progress = conversations[conversation] ?? Progress(changed: now)
        defer { conversations[conversation] = progress }
        progress.changed = now
        progress.lastID = max(progress.lastID, id)
        return Self.release(&progress)
    }

    /// The time of ``nextDeadline`` has come.
    /// - Parameter now: time since the same instant.
    /// - Returns: what is to be published now, in this order.
    mutating func timePassed(now: Duration) -> [Item] {
        var released: [Item] = []
        for (conversation, progress) in conversations where progress.waiting.contains(where: { $0.deadline <= now }) {
            var progress = progress
            if let last = progress.waiting.last(where: { $0.deadline <= now }) {
                progress.lastID = max(progress.lastID, last.predecessor)
            }
            released += Self.release(&progress)
            conversations[conversation] = progress
        }
        return released
    }

    /// When ``timePassed(now:)`` has something to do; `nil` when nothing waits.
    var nextDeadline: Duration? {
        conversations.values.lazy.flatMap(\.waiting).map(\.deadline).min()
    }

    /// What has nothing to wait for any more.
    private static func release(_ progress: inout Progress) -> [Item] {
        var released: [Item] = []
        while let next = progress.waiting.first, next.predecessor <= progress.lastID {
            progress.waiting.removeFirst()
            progress.lastID = max(progress.lastID, next.id)
            released.append(next.item)
        }
        return released
    }

    /// What was published long ago has no successor that would ask for it.
    private mutating func forgetOld(now: Duration) {
        guard now - lastCleaning > wait else { return }
        lastCleaning = now
        conversations = conversations.filter { !$0.value.waiting.isEmpty || now - $0.value.changed <= wait * 4 }
    }
}
