import Cluster
import NIOCore
import SocketIO
import Synchronization

/// Carries out on this node what other nodes with the sharded adapter publish, and hands over what they answer.
struct ShardedReceiver: Sendable {
    let channels: ShardedChannels
    let bus: any Bus
    let uid: String
    let parts: NodeParts
    let counts: ShardedCounts
    let executor: RequestExecutor

    /// What receives from one channel.
    /// - Parameter isInbox: whether it is the inbox of this node.
    /// - Returns: a subscriber, for as long as the channel is subscribed to.
    func subscriber(isInbox: Bool = false) -> Bus.Subscriber {
        let arrivals = counts.arrivals(isInbox: isInbox)
        return { _, payload in received(payload, arrivals) }
    }

    /// What receives from the inbox of another node, which is also for sockets of it that are here. That node counts it.
    func uncountedSubscriber() -> Bus.Subscriber { { _, payload in received(payload, nil) } }

    /// A message came; what is malformed, for another namespace or our own is ignored.
    private func received(_ payload: ByteBuffer, _ arrivals: ChannelArrivals?) {
        guard let message = ShardedMessage(payload, exceptFrom: uid, namespace: channels.namespace) else { return }
        if let arrivals { counts.received(message, arrivals) }
        switch message.content {
        case .broadcast(let arguments, let options):
            parts.counters.received.add(1, ordering: .relaxed)
            executor.local.deliver(arguments, to: options)
        case .request(let request, let id?):
            let sender = message.uid
            // Without a sender nobody would get the answer.
            guard !sender.isEmpty else { return }
            executor.carryOut(request) { answer($0, to: id, of: sender) }
        case .request(let request, nil): executor.carryOut(request, answer: nil)
        case .answer(let answer, let id):
            parts.pending.received(answer, to: id, from: NodeTag(shardedUID: message.uid))
        case .count: break
        case .again(let rooms): counts.asked(by: message.uid, forRooms: rooms)
        }
    }

    private func answer(_ answer: NodeAnswer, to id: String, of sender: String) {
        let message = ShardedMessage(uid: uid, content: .answer(answer, id: id))
        guard let payload = message.encoded(namespace: channels.namespace) else { return }
        parts.counters.answers.add(1, ordering: .relaxed)
        bus.publish(channels.response(to: sender), payload)
    }
}
