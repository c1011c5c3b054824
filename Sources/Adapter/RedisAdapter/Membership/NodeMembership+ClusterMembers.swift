public import Adapter
public import Cluster
import Synchronization

extension NodeMembership: ClusterMembers {
    /// The nodes that hold a lease, this one included, as of the last heartbeat.
    public var living: Set<NodeTag> { state.withLock { Set($0.living.keys) } }

    /// The last 64 nodes whose lease is over, or was given back, and that have not come back.
    public var lost: Set<NodeTag> { state.withLock { Set($0.lost) } }
}

extension NodeMembership.State {
    /// How many lost nodes are remembered.
    private static let longestMemory = 64

    /// Keeps those in mind that were alive and are not any more.
    /// - Returns: who they are.
    mutating func replaceLiving(_ new: [NodeTag: String], except own: NodeTag) -> [NodeTag] {
        let gone = living.keys.filter { $0 != own && new[$0] == nil }
        living = new
        lost = (lost.filter { new[$0] == nil } + gone).suffix(Self.longestMemory)
        return gone
    }
}
