import NIOCore
import SocketIO
import SocketServer
import Synchronization

/// Publishes stored messages in order, in all namespaces of the application. Its state is confined to one event loop.
final class Publisher: Sendable {
    /// A message to be published, and what follows.
    private struct Publication: Sendable {
        let delivery: Delivery
        let completion: @Sendable () -> Void
    }

    private struct State {
        var order: PublicationOrder<Publication>
        var isTimerSet = false
    }

    /// Tells the other nodes of a publication: sender, recipient, id.
    private static let published = "soporte:publicado"

    private let loop: any EventLoop
    private let state: NIOLoopBoundBox<State>
    private let namespaces = Mutex<[Namespace]>([])

    init(loop: any EventLoop, wait: Duration) {
        self.loop = loop
        state = .makeBoxSendingValue(State(order: PublicationOrder(wait: wait)), eventLoop: loop)
    }

    /// The namespaces in which messages are published; the first is the one in which nodes talk to each other.
    var all: [Namespace] { namespaces.withLock { $0 } }

    func attach(to namespace: Namespace) {
        let isFirst = namespaces.withLock { namespaces in
            namespaces.append(namespace)
            return namespaces.count == 1
        }
        guard isFirst else { return }
        namespace.onServerEvent(Self.published) { [self] arguments, _ in
            guard let sender = arguments[0]?.string, let recipient = arguments[1]?.string, let id = arguments[2]?.int
            else { return }
            run { $0.published(id, in: Conversation(sender, recipient), now: $1) }
        }
    }

    /// Publishes a message when it is its turn.
    /// - Parameters:
    ///   - delivery: the message.
    ///   - predecessor: id of the message before it in the conversation, if that was stored just before.
    func publish(_ delivery: Delivery, after predecessor: Int64?) async {
        await withCheckedContinuation { continuation in
            let publication = Publication(delivery: delivery) { continuation.resume() }
            let message = delivery.message
            run {
                $0.stored(
                    publication, id: message.id, after: predecessor, in: Conversation(of: message), now: $1)
            }
        }
    }

    /// Changes the order on its loop, and publishes what follows.
    private func run(
        _ body: @escaping @Sendable (inout PublicationOrder<Publication>, Duration) -> [Publication]
    ) {
        loop.execute { [self] in
            let now = Duration.nanoseconds(Int64(clamping: loop.now.uptimeNanoseconds))
            for publication in body(&state.value.order, now) { publish(publication) }
            guard !state.value.isTimerSet, let deadline = state.value.order.nextDeadline else { return }
            state.value.isTimerSet = true
            loop.scheduleTask(in: TimeAmount(max(deadline - now, .zero))) { [self] in
                state.value.isTimerSet = false
                run { $0.timePassed(now: $1) }
            }
        }
    }

    private func publish(_ publication: Publication) {
        let namespaces = all
        for broadcast in publication.delivery.broadcasts {
            for namespace in namespaces {
                namespace.everybody.to(broadcast.rooms).except(broadcast.except)
                    .emit(broadcast.event, broadcast.payload)
            }
        }
        let message = publication.delivery.message
        namespaces.first?.serverSideEmit(
            Self.published, .string(message.sender), .string(message.recipient), .int(message.id))
        publication.completion()
    }
}
