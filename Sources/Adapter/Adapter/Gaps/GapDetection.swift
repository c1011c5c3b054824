public import Cluster

/// How a node finds out that events of other nodes of ours did not reach it.
///
/// Publish and subscribe of Redis is at most once: what is published while a node's connection is away is gone, and nobody
/// is told. So each node announces how much it has published so far, on a channel of our own that Node.js peers do not read:
/// soon after it has published something, and in full to whoever comes back and asks (``CountMessage``). A node that has
/// received less has a gap. The announcements cost one publication per ``interval`` and namespace in which there were
/// broadcasts; events for single sockets carry the count with them. While nothing is published nothing is said.
///
/// ```swift
/// let schedule: GapDetection.Schedule = { loop.scheduleTask(in: .init($0), $1) }
/// let gaps = GapDetection(node: tag, schedule: schedule) { gap in
///     logger.warning("Events were lost", metadata: ["namespace": "\(gap.namespace)", "missed": "\(gap.missed)"])
/// }
/// let adapters = ClassicAdapterFactory(bus: RedisBus(redis), gaps: gaps)
/// ```
public struct GapDetection: Sendable {
    /// Runs a closure once, after a delay.
    public typealias Schedule = @Sendable (_ delay: Duration, _ body: @escaping @Sendable () -> Void) -> Void

    /// This node.
    public var node: NodeTag
    /// What the names of the channels begin with; the same on all nodes. Default `switchboard`.
    public var prefix = "switchboard"
    /// How long after a broadcast its count is announced, with those of all that followed. Default 1 second.
    public var interval: Duration = .seconds(1)
    /// How long the questions of nodes that have come back are collected before they are answered together. Default 100
    /// milliseconds.
    public var answerDelay: Duration = .milliseconds(100)
    let schedule: Schedule
    let found: @Sendable (PublicationGap) -> Void

    /// Turns detection on.
    /// - Parameters:
    ///   - node: this one.
    ///   - schedule: runs a closure once after a delay, on any thread.
    ///   - found: called for each gap, on the thread that receives from the bus; must not block.
    public init(
        node: NodeTag, schedule: @escaping Schedule, found: @escaping @Sendable (PublicationGap) -> Void
    ) {
        self.node = node
        self.schedule = schedule
        self.found = found
    }

    /// The channel of the counts of a namespace.
    func channel(of namespace: String) -> String { "\(prefix)-counts#\(namespace)#" }
}
