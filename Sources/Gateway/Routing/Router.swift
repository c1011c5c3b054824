/// Where a request goes.
public enum Decision: Sendable, Hashable {
    /// To this node, by this endpoint.
    case forward(NodeID, Endpoint)
    /// Nowhere: no live node has the session. The answer is HTTP 400 `{"code":1,"message":"Session ID unknown"}`.
    case unknownSession
    /// Nowhere: no node takes the request. The answer is HTTP 503.
    case unavailable
}

/// Limits of routing.
public struct RoutingLimits: Sendable, Hashable {
    /// Probes in a row that must fail before a node is taken for dead. Default 2.
    public var failedProbes = 2
    /// Most session ids remembered for nodes that are not ours. Default 100,000.
    public var learnedSessions = 100_000
    /// How long an unused learned id is remembered at least. Default 2 minutes, over two heartbeats of a session.
    public var learnedLifetime = Duration.seconds(120)

    /// The defaults.
    public init() {}
}

/// Keeps every session on the node that owns it, and gives new ones to the node that has the fewest.
///
/// A value that knows no sockets: the gateway tells it what sources, probes and connections showed, and asks it where a
/// request goes. The owner of a session is read from the id, which begins with the node's tag (architecture, section
/// 4); ids of other servers are learned from the answers that carry them.
///
/// ```swift
/// var router = Router(limits: RoutingLimits())
/// let added = router.sourcesNamed([address])
/// _ = router.probeAnswered(added[0], ProbeReport(isReady: true, tag: "Ab3_x-"))
/// let decision = router.route(RequestKind(method: "GET", target: uri), listener: "meet", now: now)
/// ```
public struct Router: Sendable {
    private var nodes: [NodeID: Node] = [:]
    private var order: [NodeID] = []
    private var owners: [String: NodeID] = [:]
    private var learned: LearnedSessions
    private var lastNumber = 0
    private var rotation = 0
    private let limits: RoutingLimits

    /// A router without nodes.
    /// - Parameter limits: its limits.
    public init(limits: RoutingLimits) {
        self.limits = limits
        learned = LearnedSessions(capacity: limits.learnedSessions, lifetime: limits.learnedLifetime)
    }
}

// MARK: What the sources and the probes showed

extension Router {
    /// The sources named the nodes there are. Nodes that are missing keep their sessions until they die.
    /// - Parameter addresses: all nodes.
    /// - Returns: the ones that were not known, which are to be probed from now on.
    public mutating func sourcesNamed(_ addresses: [NodeAddress]) -> [NodeID] {
        let named = Set(addresses)
        var known: Set<NodeAddress> = []
        for id in order {
            guard let address = nodes[id]?.address else { continue }
            nodes[id]?.isRetired = !named.contains(address)
            known.insert(address)
        }
        var added: [NodeID] = []
        for address in addresses where known.insert(address).inserted {
            lastNumber += 1
            let id = NodeID(number: lastNumber)
            nodes[id] = Node(id: id, address: address, threshold: limits.failedProbes)
            order.append(id)
            added.append(id)
        }
        return added
    }

    /// Where to probe a node.
    /// - Parameter id: the node.
    /// - Returns: its first endpoint and the probes failed since its last report; `nil` once it is forgotten.
    public func probe(of id: NodeID) -> (endpoint: Endpoint, failures: Int)? {
        guard let node = nodes[id], let endpoint = node.address.endpoints.first else { return nil }
        return (endpoint, node.health.failures)
    }

    /// A probe of a node began.
    /// - Parameter id: the node.
    public mutating func probeStarted(_ id: NodeID) {
        nodes[id]?.probeStarted()
    }

    /// A node answered a probe.
    /// - Parameters:
    ///   - id: the node.
    ///   - report: what it said.
    /// - Returns: what that means for the sessions on it.
    public mutating func probeAnswered(_ id: NodeID, _ report: ProbeReport) -> HealthChange {
        guard let change = nodes[id]?.probeAnswered(report) else { return .none }
        if change == .restarted { disown(id) }
        if let tag = report.tag, owners[tag] == nil { owners[tag] = id }
        return change
    }

    /// A node did not answer a probe as it should.
    /// - Parameter id: the node.
    /// - Returns: what that means for the sessions on it.
    public mutating func probeFailed(_ id: NodeID) -> HealthChange {
        buried(id, nodes[id]?.health.failed())
    }

    /// A node refused a connection.
    /// - Parameter id: the node.
    /// - Returns: what that means for the sessions on it.
    public mutating func connectionRefused(_ id: NodeID) -> HealthChange {
        buried(id, nodes[id]?.health.refused())
    }

    private mutating func buried(_ id: NodeID, _ change: HealthChange?) -> HealthChange {
        guard let change, let node = nodes[id] else { return .none }
        if change == .died { disown(id) }
        if node.isRetired, node.health.state == .unhealthy {
            nodes[id] = nil
            order.removeAll { $0 == id }
        }
        return change
    }

    private mutating func disown(_ id: NodeID) {
        owners = owners.filter { $0.value != id }
        learned.forget(id)
    }
}

// MARK: Where a request goes

extension Router {
    /// Decides where a request goes.
    /// - Parameters:
    ///   - request: what the request is.
    ///   - listener: name of the gateway's listener it came to; it goes to the nodes' listener of the same name.
    ///   - tried: nodes that have failed this request already.
    ///   - now: monotonic time since any fixed moment.
    /// - Returns: the decision. A new session counts as the node's at once.
    public mutating func route(
        _ request: RequestKind, listener: String, tried: Set<NodeID> = [], now: Duration
    ) -> Decision {
        switch request {
        case .session(let id):
            guard let node = owner(of: id, now: now), let endpoint = node.address.endpoint(of: listener) else {
                return .unknownSession
            }
            return .forward(node.id, endpoint)
        case .handshake, .other:
            guard let (id, endpoint) = leastLoaded(listener: listener, except: tried) else { return .unavailable }
            if request == .handshake { nodes[id]?.assign() }
            return .forward(id, endpoint)
        }
    }

    /// A node opened a session: its id was seen in the answer.
    /// - Parameters:
    ///   - id: the session's id; nothing is remembered if it says itself whose it is.
    ///   - node: the node that answered.
    ///   - now: monotonic time since any fixed moment.
    public mutating func sessionOpened(_ id: String, on node: NodeID, now: Duration) {
        guard nodes[node] != nil, owners[Self.tag(of: id)] != node else { return }
        learned.learn(id, node, now: now)
    }

    private mutating func owner(of id: String, now: Duration) -> Node? {
        let owner = owners[Self.tag(of: id)] ?? learned.node(of: id, now: now)
        guard let node = owner.flatMap({ nodes[$0] }), node.health.isAlive else { return nil }
        return node
    }

    /// What a session id begins with. In bytes, because characters would have to be found first.
    private static func tag(of id: String) -> String {
        String(decoding: id.utf8.prefix(RequestKind.tagLength), as: UTF8.self)
    }

    /// Nodes with the same load take turns, so that an idle cluster fills evenly. One that does not count its sessions
    /// is thought to have as many as the others have on average.
    private mutating func leastLoaded(listener: String, except tried: Set<NodeID>) -> (NodeID, Endpoint)? {
        let counted = nodes.values.filter(\.takesSessions).compactMap(\.health.report?.sessions)
        let mean = counted.isEmpty ? 0 : counted.reduce(0, +) / counted.count
        var best: (id: NodeID, endpoint: Endpoint, load: Int)?
        for offset in order.indices {
            let id = order[(rotation + offset) % order.count]
            guard !tried.contains(id), let node = nodes[id], node.takesSessions,
                let endpoint = node.address.endpoint(of: listener), node.load(ifUncounted: mean) < best?.load ?? .max
            else { continue }
            best = (id, endpoint, node.load(ifUncounted: mean))
        }
        rotation = order.isEmpty ? 0 : (rotation + 1) % order.count
        return best.map { ($0.id, $0.endpoint) }
    }
}

// MARK: What the operator sees

/// A node as the operator sees it.
public struct NodeStatus: Sendable, Hashable {
    /// Which node.
    public let id: NodeID
    /// Where it is reached.
    public let address: NodeAddress
    /// What the gateway does with it.
    public let state: NodeHealth.State
    /// Its last report.
    public let report: ProbeReport?
    /// Sessions it is thought to have.
    public let load: Int
    /// Whether no source names it any more.
    public let isRetired: Bool
}

extension Router {
    /// The nodes in the order in which they were named.
    public var statuses: [NodeStatus] {
        order.compactMap { nodes[$0] }.map {
            NodeStatus(
                id: $0.id, address: $0.address, state: $0.health.state, report: $0.health.report, load: $0.load(),
                isRetired: $0.isRetired)
        }
    }

    /// Session ids remembered for nodes that are not ours.
    public var learnedCount: Int { learned.count }

    /// Whether new sessions of every given listener find a node.
    /// - Parameter listeners: names of listeners.
    /// - Returns: `true` if each has a node that takes sessions.
    public func serves(_ listeners: [String]) -> Bool {
        listeners.allSatisfy { listener in
            nodes.values.contains { $0.takesSessions && $0.address.endpoint(of: listener) != nil }
        }
    }

    /// Whether every node named so far has been probed: until then a session may have an owner that is not known yet.
    public var hasProbedAll: Bool { nodes.values.allSatisfy { $0.health.state != .unknown } }
}
