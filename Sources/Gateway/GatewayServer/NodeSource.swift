public import Routing

/// Tells a gateway which nodes there are.
public protocol NodeSource: Sendable {
    /// Names the nodes, at first and whenever they change, until the task is cancelled.
    ///
    /// Nodes that are missing from a list get no new sessions; those they have are kept until the node dies. A source
    /// that cannot be asked for a while names nothing, so that the last list stays.
    /// - Parameter named: to be called with all nodes of this source.
    /// - Throws: what makes the source useless for good; the gateway then stops.
    func run(_ named: @escaping @Sendable ([NodeAddress]) -> Void) async throws
}

/// A list of nodes that does not change.
public struct StaticNodes: NodeSource {
    private let nodes: [NodeAddress]

    /// A list of nodes.
    /// - Parameter nodes: the nodes.
    public init(_ nodes: [NodeAddress]) {
        self.nodes = nodes
    }

    /// Names the list once.
    /// - Parameter named: is called with the list.
    /// - Throws: `CancellationError` when the task is cancelled, which is how it ends.
    public func run(_ named: @escaping @Sendable ([NodeAddress]) -> Void) async throws {
        named(nodes)
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }
}
