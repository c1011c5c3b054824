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
}
