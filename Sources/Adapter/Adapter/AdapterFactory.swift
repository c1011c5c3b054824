/// Makes the adapter of each namespace. The composition root chooses one: in-process or Redis.
public protocol AdapterFactory: Sendable {
    /// Makes the adapter of a namespace.
    /// - Parameter namespace: its name, with the leading slash.
    /// - Returns: the adapter, not started yet.
    func makeAdapter(namespace: String) -> any ClusterAdapter
}
