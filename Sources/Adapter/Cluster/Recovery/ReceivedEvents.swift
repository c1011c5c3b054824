/// Up to which event of each node a client has received what was for it. The events of one node come in order, so that
/// is one number for each.
public struct ReceivedEvents: Sendable, Equatable {
    private var latest: [UInt64: UInt64] = [:]

    /// Nothing has been received.
    public init() {}

    /// An event was received, and so was everything of its node before it.
    /// - Parameter id: the event.
    public mutating func insert(_ id: EventID) {
        latest[id.origin] = max(id.number, latest[id.origin] ?? 0)
    }

    /// Time has passed: nodes whose last event is too old to be repeated need not be remembered.
    /// - Parameter number: of the oldest event that may be repeated.
    public mutating func removeAll(before number: UInt64) {
        latest = latest.filter { $0.value >= number }
    }

    /// Whether an event has been received, or a later one of its node.
    /// - Parameter id: the event.
    /// - Returns: whether it is to be left out.
    public func contains(_ id: EventID) -> Bool {
        id.number <= latest[id.origin] ?? 0
    }

    /// The last event of each node, in the order of their tags.
    var ids: [EventID] {
        latest.sorted { $0.key < $1.key }.map { EventID(origin: $0.key, number: $0.value) }
    }
}
