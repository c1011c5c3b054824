/// Makes adapters in the way of `@socket.io/redis-adapter` over one bus.
public struct ClassicAdapterFactory: AdapterFactory {
    private let bus: any PrefixBus
    private let configuration: ClassicConfiguration
    private let unicast: Unicast?

    /// Creates the factory.
    /// - Parameters:
    ///   - bus: joins the nodes.
    ///   - configuration: names and times.
    ///   - unicast: the short way to single nodes; `nil` to send everything to all.
    public init(
        bus: any PrefixBus, configuration: ClassicConfiguration = ClassicConfiguration(), unicast: Unicast? = nil
    ) {
        self.bus = bus
        self.configuration = configuration
        self.unicast = unicast
    }

    /// Makes the adapter of a namespace.
    /// - Parameter namespace: its name, with the leading slash.
    /// - Returns: the adapter, not started yet.
    public func makeAdapter(namespace: String) -> any ClusterAdapter {
        ClassicAdapter(namespace: namespace, bus: bus, configuration: configuration, unicast: unicast)
    }
}
