public import Adapter
public import Cluster

/// How nodes talk to each other through Redis: one of the two formats of `@socket.io/redis-adapter`, the same on all nodes.
public enum RedisAdapterFormat: Sendable, Equatable {
    /// `createAdapter`: every node receives everything. The only one that emitters know.
    case classic
    /// `createShardedAdapter`, for Redis 7: rooms may have channels of their own.
    case sharded(ShardedMode)

    /// The format that an operator names.
    /// - Parameters:
    ///   - name: `classic` or `sharded`; anything else gives `nil`.
    ///   - mode: of the sharded format.
    public init?(_ name: String, mode: ShardedMode) {
        switch name {
        case "classic": self = .classic
        case "sharded": self = .sharded(mode)
        default: return nil
        }
    }

    /// Makes the factory of a node's adapters.
    /// - Parameters:
    ///   - redis: carries what nodes say.
    ///   - unicast: the short way to single nodes; default `nil`, everything goes to all.
    ///   - gaps: finds out which events did not arrive; default `nil`, not to.
    ///   - members: the nodes that hold a lease; default `nil`, not known.
    /// - Returns: the factory.
    public func factory(
        over redis: RedisClient, unicast: Unicast? = nil, gaps: GapDetection? = nil,
        members: (any ClusterMembers)? = nil
    ) -> any AdapterFactory {
        switch self {
        case .classic:
            return ClassicAdapterFactory(bus: RedisBus(redis), unicast: unicast, gaps: gaps, members: members)
        case .sharded(let mode):
            var configuration = ShardedConfiguration()
            configuration.mode = mode
            return ShardedAdapterFactory(
                bus: RedisShardBus(redis), configuration: configuration, unicast: unicast, gaps: gaps,
                members: members)
        }
    }
}
