import Cluster

/// What a heartbeat tells.
struct HeartbeatReply: Equatable {
    /// A node whose lease is held.
    struct Living: Equatable {
        var tag: NodeTag
        var remaining: Duration
        var information: String
    }

    /// Whether our own lease was still held.
    var wasHeld: Bool
    /// Tags whose lease is over and that somebody has to clean up after.
    var lapsed: [NodeTag]
    /// Nodes whose lease is held.
    var living: [Living]

    /// Reads the reply of ``MembershipScripts/heartbeat``; strange tags are left out.
    init?(_ reply: RedisReply) {
        guard let parts = reply.array, parts.count == 3, let held = parts[0].integer,
            let lapsed = parts[1].array, let living = parts[2].array
        else { return nil }
        wasHeld = held == 1
        self.lapsed = lapsed.compactMap { $0.text.flatMap { NodeTag($0) } }
        self.living = stride(from: 0, to: living.count - 2, by: 3).compactMap { index in
            guard let tag = living[index].text.flatMap({ NodeTag($0) }), let left = living[index + 1].integer
            else { return nil }
            return Living(
                tag: tag, remaining: .milliseconds(left), information: living[index + 2].text ?? "")
        }
    }

    /// When to look again: at the next heartbeat, or just when the next foreign lease would be over.
    func nextBeat(own: NodeTag, heartbeat: Duration) -> Duration {
        let soonest = living.filter { $0.tag != own }.map { $0.remaining + .milliseconds(5) }.min()
        return max(.milliseconds(5), min(heartbeat, soonest ?? heartbeat))
    }
}
