import Cluster
import Synchronization

/// The inboxes of other nodes (``Unicast``) that are read here, too: those of nodes whose sockets have been restored here.
///
/// So nobody has to learn where such a socket is, and what goes to it stays in the order of everything else that its node
/// sends, whether the former node is alive or not.
final class AdoptedInboxes: Sendable {
    private struct State {
        /// `nil` before the adapter has been started, and after it was stopped.
        var subscriber: (@Sendable () -> Bus.Subscriber)?
        /// The sockets that are here, and the subscription, by node.
        var nodes: [NodeTag: (sockets: Set<String>, subscription: BusSubscription)] = [:]
    }

    private let unicast: Unicast
    private let bus: any Bus
    private let namespace: String
    private let state = Mutex(State())

    init(_ unicast: Unicast, bus: any Bus, namespace: String) {
        self.unicast = unicast
        self.bus = bus
        self.namespace = namespace
    }

    /// Begins.
    /// - Parameter subscriber: makes what receives from one inbox.
    func start(_ subscriber: @escaping @Sendable () -> Bus.Subscriber) {
        state.withLock { $0.subscriber = subscriber }
    }

    /// A socket is here; what its node has an inbox for, comes here from now on.
    func add(_ id: String) {
        guard let tag = NodeTag(owning: id), tag != unicast.tag else { return }
        state.withLock { state in
            guard let subscriber = state.subscriber else { return }
            if state.nodes[tag] == nil {
                let subscription = bus.subscribe(unicast.inbox(of: tag, namespace: namespace), subscriber())
                state.nodes[tag] = ([], subscription)
            }
            state.nodes[tag]?.sockets.insert(id)
        }
    }

    /// A socket is gone.
    func remove(_ id: String) {
        guard let tag = NodeTag(owning: id), tag != unicast.tag else { return }
        state.withLock { state in
            guard state.nodes[tag]?.sockets.remove(id) != nil, state.nodes[tag]?.sockets.isEmpty == true else { return }
            state.nodes.removeValue(forKey: tag)?.subscription.cancel()
        }
    }

    /// Ends all subscriptions.
    func stop() {
        state.withLock { state in
            for node in state.nodes.values { node.subscription.cancel() }
            state = State()
        }
    }
}
