/// Makes the adapter of each namespace. The composition root chooses one: in-process or Redis.
public protocol AdapterFactory: Sendable {
    /// Makes the adapter of a namespace.
    /// - Parameter namespace: its name, with the leading slash.
    /// - Returns: the adapter, not started yet.
    func makeAdapter(namespace: String) -> any ClusterAdapter
    /// What all its adapters have done so far. Default: nothing.
    var metrics: AdapterMetrics { get }
}

extension AdapterFactory {
    /// Nothing: for adapters that have no other nodes, or do not count.
    public var metrics: AdapterMetrics { AdapterMetrics() }
}
