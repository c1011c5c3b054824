public import Cluster

/// How a node finds out that events of other nodes of ours did not reach it.
///
/// Publish and subscribe of Redis is at most once: what is published while a node's connection is away is gone, and nobody
/// is told. So each node announces how much it has published so far, and a node that has received less has a gap. While
/// nothing is published nothing is said.
///
/// In the classic format the announcements have a channel of our own that Node.js peers do not read (`CountMessage`): one
/// publication per ``interval`` and namespace in which there were broadcasts, and a full one for whoever comes back and
/// asks. Events for single sockets carry the count with them.
///
/// In the sharded format every event carries the count of its sender and channel, in a member of the message that Node.js
/// peers do not look at (`ShardedMessage.count`): so the count can overtake nothing, also in a Redis Cluster, and a node
/// counts only what it subscribes to. For whoever comes back and asks, each node announces its counts on the channels
/// that it has used last, 1,024 at most, and no longer ago than ``retention``; otherwise it publishes nothing more than
/// events. On the channel of a room a node counts
/// from the first event of each sender on that it has received since its first member joined; on the channels that it
/// always has, from its start on.
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
    /// What the names of the channels of the classic format's counts begin with; the same on all nodes. Default
    /// `switchboard`.
    public var prefix = "switchboard"
    /// How long after a broadcast its count is announced in the classic format, with those of all that followed. Default 1
    /// second.
    public var interval: Duration = .seconds(1)
    /// How long the questions of nodes that have come back are collected before they are answered together. Default 100
    /// milliseconds. In the sharded format those about rooms are collected for ``interval``.
    public var answerDelay: Duration = .milliseconds(100)
    /// How long the count of a room without events is remembered, and told to nodes that have come back, in the sharded
    /// format; at least half as long, unless there were more than 4,096 others meanwhile. Default 10 minutes.
    public var retention: Duration = .seconds(600)
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
