import NIOCore
import Synchronization

/// Slots that move to another server: what is given for them waits until the old owner has answered everything.
extension ClusterCommands {
    /// On the loop: a command was answered with `MOVED`.
    func moved(
        _ order: ClusterOrder, _ slot: HashSlot, from server: RedisConfiguration.Endpoint,
        to target: RedisConfiguration.Endpoint
    ) {
        doubt.yield()
        guard state.withLock({ $0.moving.redirected(order, slot: slot, to: target) }) else { return }
        submit(fence([slot]), to: server)
    }

    /// Another map is known. Slots that have moved, and whose old owner has not answered everything, are held until it has:
    /// it may say `MOVED` to what it was given, which must not be overtaken by what comes later.
    /// - Returns: servers whose queues have something to write.
    func beginMoves(to map: SlotMap, _ state: inout State) -> [RedisConfiguration.Endpoint] {
        var woken: [RedisConfiguration.Endpoint] = []
        for (server, moves) in state.map.moves(to: map) {
            guard state.queues[server]?.isIdle == false else { continue }
            let moves = moves.filter { !state.moving.contains($0.slot) }
            guard !moves.isEmpty else { continue }
            let verdict = give(fence(moves.map(\.slot)), to: server, &state)
            // One that takes nothing has lost its connection, and with it what was outstanding.
            if case .refused = verdict { continue }
            if case .first = verdict { woken.append(server) }
            for (slot, target) in moves { state.moving.begin(slot, to: target) }
        }
        return woken
    }

    /// A command that is answered after everything that was sent to the old owner so far.
    private func fence(_ slots: [HashSlot]) -> ClusterOrder {
        ClusterOrder(words: ["PING"], route: .home, redirections: 0) { _ in self.release(slots) }
    }

    private func release(_ slots: [HashSlot]) {
        let given = state.withLock { state in
            slots.flatMap { slot -> [(Given, ClusterOrder)] in
                guard let (target, orders) = state.moving.release(slot) else { return [] }
                state.map.assign(slot, to: target)
                return orders.map { order in ((give(order, to: target, &state), target), order) }
            }
        }
        for (given, order) in given { settle(given, order) }
    }
}
