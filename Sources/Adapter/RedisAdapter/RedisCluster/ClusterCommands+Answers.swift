import NIOCore
import Synchronization

/// What servers answer, and where that leads.
extension ClusterCommands {
    func answered(
        _ order: ClusterOrder, _ reply: Result<RedisReply, RedisError>, by server: RedisConfiguration.Endpoint
    ) {
        guard case .failure(.refused(let text)) = reply, let redirection = Redirection(text, asked: server) else {
            return order.completion(reply)
        }
        var order = order
        order.redirections -= 1
        guard order.redirections >= 0 else { return order.completion(reply) }
        switch redirection {
        case .moved(let slot, let target): moved(order, slot, from: server, to: target)
        case .ask(let target): submit(order, to: target, asking: true)
        case .tryAgain: loop.scheduleTask(in: .milliseconds(20)) { [order] in self.submit(order) }
        case .down:
            doubt.yield()
            order.completion(.failure(.unavailable))
        }
    }

    private func moved(
        _ order: ClusterOrder, _ slot: HashSlot, from server: RedisConfiguration.Endpoint,
        to target: RedisConfiguration.Endpoint
    ) {
        doubt.yield()
        guard state.withLock({ $0.moving.redirected(order, slot: slot, to: target) }) else { return }
        // Answered after everything that was sent to the old owner so far.
        let fence = ClusterOrder(words: ["PING"], route: .home, redirections: 0) { _ in self.release(slot) }
        submit(fence, to: server)
    }

    private func release(_ slot: HashSlot) {
        let given = state.withLock { state -> [(Given, ClusterOrder)] in
            guard let (target, orders) = state.moving.release(slot) else { return [] }
            state.map.assign(slot, to: target)
            return orders.map { order in ((give(order, to: target, &state), target), order) }
        }
        for (given, order) in given { settle(given, order) }
    }
}
