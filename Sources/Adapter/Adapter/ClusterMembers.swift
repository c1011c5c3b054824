public import Cluster

/// Which nodes of the cluster are alive, for adapters that want to know whose answers to wait for.
///
/// Nodes that are of another kind, such as Node.js servers, are not members; they may be in the cluster all the same.
public protocol ClusterMembers: Sendable {
    /// This node.
    var tag: NodeTag { get }
    /// The nodes that hold a lease, this one included, as far as is known now.
    var living: Set<NodeTag> { get }
    /// Nodes whose lease is over, the latest ones: they may still be connected, for example because they are frozen.
    var lost: Set<NodeTag> { get }
    /// Asks to be told about nodes that are gone.
    /// - Parameter listener: called on any thread, once for each; must not block.
    func onNodeLost(_ listener: @escaping @Sendable (NodeTag) -> Void)
}
