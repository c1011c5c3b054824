public import Cluster

/// How a node takes part in a cluster of peers with `createShardedAdapter` of `@socket.io/redis-adapter`; the first two
/// options are theirs (`channelPrefix`, `subscriptionMode`), and must be the same on all nodes.
public struct ShardedConfiguration: Sendable, Equatable {
    /// What all channels begin with. Default `socket.io`.
    public var key = "socket.io"
    /// Which rooms have a channel of their own. Default `ShardedMode.dynamic`.
    public var mode = ShardedMode.dynamic
    /// How long other nodes have to answer. Default 5 seconds, as with the peers.
    public var requestsTimeout: Duration = .seconds(5)
    /// How many requests may wait for answers at the same time; further ones count as not answered. Default 10,000.
    public var maxPendingRequests = 10_000

    /// Creates the default configuration.
    public init() {}
}
