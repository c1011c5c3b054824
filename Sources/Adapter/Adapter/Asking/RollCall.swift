import Cluster
import Synchronization

/// Finds out which other nodes have a namespace: as many as are subscribed to its counted channel. Those of them that are
/// members are also subscribed to a channel with their name, so one look tells who is there.
final class RollCall: Sendable {
    private let bus: any Bus
    private let counted: String
    private let own: String
    private let members: (any ClusterMembers)?
    private let channel: @Sendable (NodeTag) -> String
    /// Number of other nodes when it was last known, for when the bus cannot tell.
    private let lastCount = Mutex(0)

    /// - Parameters:
    ///   - bus: joins the nodes.
    ///   - counted: the channel that every node with the namespace is subscribed to.
    ///   - own: the channel with this node's name.
    ///   - members: the cluster, if it is known.
    ///   - channel: the channel with a member's name.
    init(
        bus: any Bus, counted: String, own: String, members: (any ClusterMembers)?,
        channel: @escaping @Sendable (NodeTag) -> String
    ) {
        self.bus = bus
        self.counted = counted
        self.own = own
        self.members = members
        self.channel = channel
    }

    /// Who is to be asked now.
    func respondents() async -> Respondents {
        let living = members?.living ?? []
        let tags = living.union(members?.lost ?? []).filter { $0 != members?.tag }.sorted { $0.text < $1.text }
        let counts = await bus.subscriberCounts([counted, own] + tags.map(channel))
        // Without a subscription of ours no answer could reach us.
        guard let counts, counts.count == tags.count + 2, counts[1] > 0 else {
            return Respondents(unreachable: lastCount.withLock { $0 }, living: living.filter { $0 != members?.tag })
        }
        let sightings = zip(tags, counts.dropFirst(2)).map { tag, count in
            Respondents.Sighting(tag: tag, isLiving: living.contains(tag), isSubscribed: count > 0)
        }
        let respondents = Respondents(count: counts[0] - 1, sightings: sightings)
        lastCount.withLock { $0 = respondents.count }
        return respondents
    }

    /// How many nodes have the namespace, this one included; the last known number while the bus is out of reach.
    func count() async -> Int {
        _ = await respondents()
        return lastCount.withLock { $0 } + 1
    }
}
