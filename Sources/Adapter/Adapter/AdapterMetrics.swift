import Synchronization

/// What the adapters of a node have published and received since its start, all namespaces together.
public struct AdapterMetrics: Sendable, Equatable {
    /// Events published for all nodes.
    public var broadcasts = 0
    /// Events published for a single node, in its inbox: those for one of its sockets.
    public var direct = 0
    /// Requests published: questions to all nodes, and what they shall do with their sockets.
    public var requests = 0
    /// Answers published.
    public var answers = 0
    /// Announcements of counts published (``GapDetection``).
    public var announcements = 0
    /// Events received from other nodes, whether they concern a socket here or not.
    public var received = 0
    /// Events of other nodes that should have been received and were not.
    public var missed = 0

    /// Nothing has happened.
    public init() {}
}

/// The counters behind ``AdapterMetrics``, shared by the adapters of one factory.
final class AdapterCounters: Sendable {
    let broadcasts = Atomic(0)
    let direct = Atomic(0)
    let requests = Atomic(0)
    let answers = Atomic(0)
    let announcements = Atomic(0)
    let received = Atomic(0)
    let missed = Atomic(0)

    var metrics: AdapterMetrics {
        var metrics = AdapterMetrics()
        metrics.broadcasts = broadcasts.load(ordering: .relaxed)
        metrics.direct = direct.load(ordering: .relaxed)
        metrics.requests = requests.load(ordering: .relaxed)
        metrics.answers = answers.load(ordering: .relaxed)
        metrics.announcements = announcements.load(ordering: .relaxed)
        metrics.received = received.load(ordering: .relaxed)
        metrics.missed = missed.load(ordering: .relaxed)
        return metrics
    }
}
