import Figures
import Logging
import NIOCore
import Routing
import Synchronization

/// What all event loops of a gateway share: the router behind its lock, the counters, the configuration.
///
/// The lock is held for dictionary work only: once per request, per probe, and never per message of a WebSocket.
final class Gateway: Sendable {
    let configuration: GatewayConfiguration
    let counters = Counters()
    let logger: Logger
    /// The series of the process, for `/metrics`.
    let processSeries: @Sendable () -> [Metric]
    private let router: Mutex<Router>
    private let shards = Mutex<[ShardBox]>([])
    private let start = NIODeadline.now()

    init(
        configuration: GatewayConfiguration, processSeries: @escaping @Sendable () -> [Metric] = { [] }, logger: Logger
    ) {
        self.configuration = configuration
        self.processSeries = processSeries
        self.logger = logger
        router = Mutex(Router(limits: configuration.routing))
    }

    /// The event loops that are to be told when a node dies.
    func tell(_ boxes: [ShardBox]) {
        shards.withLock { $0 = boxes }
    }

    private var now: Duration {
        .nanoseconds((NIODeadline.now() - start).nanoseconds)
    }
}

// MARK: Routing

extension Gateway {
    func route(_ request: RequestKind, listener: String, tried: Set<NodeID>) -> Decision {
        let now = now
        return router.withLock { $0.route(request, listener: listener, tried: tried, now: now) }
    }

    func sessionOpened(_ id: String, on node: NodeID) {
        let now = now
        router.withLock { $0.sessionOpened(id, on: node, now: now) }
    }

    /// A node refused a connection, for a request or a probe.
    func connectionRefused(_ node: NodeID) {
        changed(node, router.withLock { $0.connectionRefused(node) })
    }
}

// MARK: Sources and probes

extension Gateway {
    /// - Returns: the nodes that are to be probed from now on.
    func sourcesNamed(_ addresses: [NodeAddress]) -> [NodeID] {
        router.withLock { $0.sourcesNamed(addresses) }
    }

    /// - Returns: where to probe the node and the probes failed so far; `nil` once it is forgotten.
    func beginProbe(of node: NodeID) -> (endpoint: Endpoint, failures: Int)? {
        router.withLock { router in
            router.probeStarted(node)
            return router.probe(of: node)
        }
    }

    func probed(_ node: NodeID, _ outcome: ProbeOutcome) {
        let change = router.withLock { router in
            switch outcome {
            case .answered(let report): router.probeAnswered(node, report)
            case .refused: router.connectionRefused(node)
            case .failed: router.probeFailed(node)
            }
        }
        changed(node, change)
    }

    var hasProbedAll: Bool { router.withLock(\.hasProbedAll) }

    /// Whether new sessions of every listener find a node.
    var isReady: Bool {
        let names = configuration.listeners.map(\.name)
        return router.withLock { $0.serves(names) }
    }

    var nodes: [NodeStatus] { router.withLock(\.statuses) }

    var learnedSessions: Int { router.withLock(\.learnedCount) }

    private func changed(_ node: NodeID, _ change: HealthChange) {
        guard change != .none else { return }
        let address = nodes.first { $0.id == node }?.address.description ?? "forgotten"
        let metadata: Logger.Metadata = ["node": "\(address)", "change": "\(change)"]
        if change == .appeared {
            logger.info("node answers", metadata: metadata)
            return
        }
        logger.warning("node lost its sessions", metadata: metadata)
        for box in shards.withLock({ $0 }) {
            box.eventLoop.execute { box.shard.nodeDied(node) }
        }
    }
}
