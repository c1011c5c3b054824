/// What the adapters of all namespaces of one node have in common.
struct NodeParts: Sendable {
    /// The short way to single nodes; `nil` to send everything to all.
    let unicast: Unicast?
    /// Finds out which events of other nodes did not arrive; `nil` not to.
    let gaps: GapDetection?
    /// The nodes that hold a lease; `nil` if that is not known.
    let members: (any ClusterMembers)?
    let pending: PendingRequests
    let counters = AdapterCounters()

    init(unicast: Unicast?, gaps: GapDetection?, members: (any ClusterMembers)?, maxPendingRequests: Int) {
        self.unicast = unicast
        self.gaps = gaps
        self.members = members
        pending = PendingRequests(limit: maxPendingRequests, members: members)
    }
}
