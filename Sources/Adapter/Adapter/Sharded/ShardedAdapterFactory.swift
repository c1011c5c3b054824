/// Makes adapters in the way of `createShardedAdapter` of `@socket.io/redis-adapter` over one bus, such as
/// `RedisShardBus`.
public struct ShardedAdapterFactory: AdapterFactory {
    private let bus: SharedChannels
    private let configuration: ShardedConfiguration
    private let parts: NodeParts

    /// Creates the factory.
    /// - Parameters:
    ///   - bus: joins the nodes; of Redis, a `RedisShardBus`.
    ///   - configuration: names and times.
    ///   - unicast: the short way to single nodes; `nil` to send everything to all.
    ///   - gaps: finds out which events of other nodes did not arrive; `nil` not to.
    ///   - members: the nodes that hold a lease; `nil` if that is not known. The same on all nodes.
    public init(
        bus: any Bus, configuration: ShardedConfiguration = ShardedConfiguration(), unicast: Unicast? = nil,
        gaps: GapDetection? = nil, members: (any ClusterMembers)? = nil
    ) {
        self.bus = SharedChannels(bus)
        self.configuration = configuration
        parts = NodeParts(
            unicast: unicast, gaps: gaps, members: members, maxPendingRequests: configuration.maxPendingRequests)
    }

    /// Makes the adapter of a namespace.
    /// - Parameter namespace: its name, with the leading slash.
    /// - Returns: the adapter, not started yet.
    public func makeAdapter(namespace: String) -> any ClusterAdapter {
        ShardedAdapter(namespace: namespace, bus: bus, configuration: configuration, parts: parts)
    }

    /// What all its adapters have done so far.
    public var metrics: AdapterMetrics { parts.counters.metrics }
}
