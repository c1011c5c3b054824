/// Makes adapters in the way of `@socket.io/redis-adapter` over one bus.
public struct ClassicAdapterFactory: AdapterFactory {
    private let bus: any PrefixBus
    private let configuration: ClassicConfiguration
    private let unicast: Unicast?
    private let gaps: GapDetection?
    private let counters = AdapterCounters()

    /// Creates the factory.
    /// - Parameters:
    ///   - bus: joins the nodes.
    ///   - configuration: names and times.
    ///   - unicast: the short way to single nodes; `nil` to send everything to all.
    ///   - gaps: finds out which events of other nodes did not arrive; `nil` not to.
    public init(
        bus: any PrefixBus, configuration: ClassicConfiguration = ClassicConfiguration(), unicast: Unicast? = nil,
        gaps: GapDetection? = nil
    ) {
        self.bus = bus
        self.configuration = configuration
        self.unicast = unicast
        self.gaps = gaps
    }

    /// Makes the adapter of a namespace.
    /// - Parameter namespace: its name, with the leading slash.
    /// - Returns: the adapter, not started yet.
    public func makeAdapter(namespace: String) -> any ClusterAdapter {
        ClassicAdapter(
            namespace: namespace, bus: bus, configuration: configuration, unicast: unicast, gaps: gaps,
            counters: counters)
    }

    /// What all its adapters have done so far.
    public var metrics: AdapterMetrics { counters.metrics }
}
