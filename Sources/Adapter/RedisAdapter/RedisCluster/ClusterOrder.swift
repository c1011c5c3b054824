/// A command on its way to a Redis Cluster, which may have to be given more than once.
struct ClusterOrder: Sendable {
    var words: [RedisArgument]
    var route: CommandRoute
    /// How often it may still be sent elsewhere, or again.
    var redirections = 5
    var completion: RedisClient.Completion
}

/// Slots that have just moved. From the first sign of it until everything that was sent to the old owner has been answered,
/// commands of the slot wait: first those that were redirected, then those that were given meanwhile. So they reach the
/// new owner in the order in which they were given.
struct MovingSlots {
    /// What becomes of a command.
    enum Verdict {
        /// Its slot does not move: it goes to the owner.
        case free
        case waits
        /// Too many wait already.
        case refused
    }

    private struct Move {
        var target: RedisConfiguration.Endpoint
        var redirected: [ClusterOrder] = []
        var later: [ClusterOrder] = []
    }

    private var moves: [HashSlot: Move] = [:]
    /// How many commands were given meanwhile, of all slots.
    private var waiting = 0

    /// A command of a slot is given.
    /// - Returns: whether it waits; not more than so many do, of all slots together.
    mutating func hold(_ order: ClusterOrder, of slot: HashSlot, limit: Int) -> Verdict {
        guard !moves.isEmpty, moves[slot] != nil else { return .free }
        guard waiting < limit else { return .refused }
        moves[slot]?.later.append(order)
        waiting += 1
        return .waits
    }

    /// Whether a slot has moved and its commands wait.
    func contains(_ slot: HashSlot) -> Bool { moves[slot] != nil }

    /// A slot is known to have moved while commands may be outstanding at the old owner, which have to be awaited.
    mutating func begin(_ slot: HashSlot, to target: RedisConfiguration.Endpoint) {
        if moves[slot] == nil { moves[slot] = Move(target: target) }
    }

    /// A command came back with `MOVED`.
    /// - Returns: whether it is the first sign: then whatever is outstanding at the old owner has to be awaited.
    mutating func redirected(_ order: ClusterOrder, slot: HashSlot, to target: RedisConfiguration.Endpoint) -> Bool {
        let isFirst = moves[slot] == nil
        moves[slot, default: Move(target: target)].redirected.append(order)
        return isFirst
    }

    /// Everything outstanding at the old owner has been answered.
    /// - Returns: where the slot is now, and what to send there, in order.
    mutating func release(_ slot: HashSlot) -> (target: RedisConfiguration.Endpoint, orders: [ClusterOrder])? {
        guard let move = moves.removeValue(forKey: slot) else { return nil }
        waiting -= move.later.count
        return (move.target, move.redirected + move.later)
    }
}
