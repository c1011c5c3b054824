import Routing
import Testing

@Suite("The router")
struct RouterTests {
    private var router = Router(limits: RoutingLimits())
    private let handshake = RequestKind.handshake

    private func address(_ number: Int, listeners: [String] = ["meet", "support"]) -> NodeAddress {
        let endpoints = listeners.enumerated().map { Endpoint(listener: $1, host: "n\(number)", port: 3001 - $0) }
        guard let address = NodeAddress(endpoints) else { preconditionFailure("test address") }
        return address
    }

    private func tag(_ number: Int) -> String { "TAG00\(number)" }

    private func ready(_ number: Int, sessions: Int? = 0) -> ProbeReport {
        ProbeReport(isReady: true, tag: tag(number), sessions: sessions)
    }

    /// Three healthy nodes with the given numbers of sessions.
    private mutating func start(_ sessions: [Int?]) -> [NodeID] {
        let ids = router.sourcesNamed(sessions.indices.map { address($0) })
        for (number, id) in ids.enumerated() {
            #expect(router.probeAnswered(id, ready(number, sessions: sessions[number])) == .appeared)
        }
        return ids
    }

    private mutating func route(
        _ request: RequestKind, listener: String = "meet", tried: Set<NodeID> = [], at now: Duration = .zero
    ) -> NodeID? {
        guard case .forward(let node, _) = router.route(request, listener: listener, tried: tried, now: now) else {
            return nil
        }
        return node
    }

    @Test("a session goes to the node whose tag its id begins with, by the listener it came to")
    mutating func stickiness() {
        let ids = start([0, 0, 0])
        for (number, id) in ids.enumerated() {
            let request = RequestKind.session(tag(number) + "0123456789abcdefg")
            let endpoint = Endpoint(listener: "support", host: "n\(number)", port: 3000)
            #expect(router.route(request, listener: "support", now: .zero) == .forward(id, endpoint))
        }
    }

    @Test("a session of no live node is unknown", arguments: ["TAG009xxxxxxxxxxxxxxxxx", "TAG0", "x", "é́é́é́é́"])
    mutating func unknownSession(id: String) {
        _ = start([0])
        #expect(router.route(.session(id), listener: "meet", now: .zero) == .unknownSession)
    }

    @Test("a listener that the owner does not have makes the session unknown there")
    mutating func unknownListener() {
        _ = start([0])
        #expect(router.route(.session(tag(0) + "abc"), listener: "other", now: .zero) == .unknownSession)
        #expect(router.route(handshake, listener: "other", now: .zero) == .unavailable)
    }

    @Test("new sessions go to the node that has the fewest, counting those just assigned")
    mutating func leastLoaded() {
        let ids = start([5, 2, 9])
        var counts: [NodeID: Int] = [:]
        for _ in 0..<11 {
            if let id = route(handshake) { counts[id, default: 0] += 1 }
        }
        #expect(counts == [ids[0]: 4, ids[1]: 7])
    }

    @Test("nodes with the same load take turns, also for requests that open no session")
    mutating func turns() {
        let ids = start([7, 7, 7])
        #expect(Set((0..<3).compactMap { _ in route(handshake) }) == Set(ids))
        #expect(Set((0..<3).compactMap { _ in route(.other) }) == Set(ids))
        #expect(router.statuses.map(\.load) == [8, 8, 8])
    }

    @Test("a report replaces what was assigned before its probe began, not what came since")
    mutating func assignedSinceProbe() {
        let ids = start([0])
        _ = route(handshake)
        _ = route(handshake)
        router.probeStarted(ids[0])
        _ = route(handshake)
        #expect(router.probeAnswered(ids[0], ready(0, sessions: 2)) == .none)
        #expect(router.statuses.map(\.load) == [3])
    }

    @Test("a node that does not count its sessions is thought to have the mean")
    mutating func uncounted() {
        let ids = start([nil, 2, 10])
        #expect((0..<4).compactMap { _ in route(handshake) } == [ids[1], ids[1], ids[1], ids[1]])
        #expect(Set((0..<2).compactMap { _ in route(handshake) }) == [ids[0], ids[1]])
    }

    @Test("nodes that failed the request already are not tried again")
    mutating func tried() {
        let ids = start([0, 1, 2])
        #expect(route(handshake, tried: [ids[0]]) == ids[1])
        #expect(route(handshake, tried: [ids[0], ids[1]]) == ids[2])
        #expect(router.route(handshake, listener: "meet", tried: Set(ids), now: .zero) == .unavailable)
    }

    @Test("without a node nothing is served")
    mutating func empty() {
        #expect(router.route(handshake, listener: "meet", now: .zero) == .unavailable)
        #expect(router.route(.session("TAG000abc"), listener: "meet", now: .zero) == .unknownSession)
        #expect(!router.serves(["meet"]))
        #expect(router.serves([]))
    }

    @Test("a dead node's sessions are unknown at once, and are its own again if it comes back as it was")
    mutating func deadNode() {
        let ids = start([0, 0])
        let session = RequestKind.session(tag(0) + "abc")
        #expect(router.connectionRefused(ids[0]) == .died)
        #expect(router.route(session, listener: "meet", now: .zero) == .unknownSession)
        #expect((0..<3).compactMap { _ in route(handshake) } == [ids[1], ids[1], ids[1]])
        #expect(router.probeAnswered(ids[0], ready(0)) == .appeared)
        #expect(route(session) == ids[0])
    }

    @Test("a draining node keeps its sessions and gets no new ones; nor does one that is not ready")
    mutating func draining() {
        let ids = start([0, 9])
        for report in [
            ProbeReport(isReady: true, isDraining: true, tag: tag(0)), ProbeReport(isReady: false, tag: tag(0)),
        ] {
            #expect(router.probeAnswered(ids[0], report) == .none)
            #expect(route(.session(tag(0) + "abc")) == ids[0])
            #expect(route(handshake) == ids[1])
        }
    }

    @Test("a new incarnation has a new tag; the sessions of the old one are unknown")
    mutating func restarted() {
        let ids = start([4])
        #expect(router.probeAnswered(ids[0], ready(7)) == .restarted)
        #expect(router.route(.session(tag(0) + "abc"), listener: "meet", now: .zero) == .unknownSession)
        #expect(route(.session(tag(7) + "abc")) == ids[0])
    }

    @Test("a node that no source names keeps its sessions until it dies, then it is forgotten")
    mutating func retired() {
        let ids = start([0, 0])
        #expect(router.sourcesNamed([address(1), address(2)]).count == 1)
        #expect(route(.session(tag(0) + "abc")) == ids[0])
        #expect(route(handshake) == ids[1])
        #expect(router.probe(of: ids[0]) != nil)
        #expect(router.connectionRefused(ids[0]) == .died)
        #expect(router.probe(of: ids[0]) == nil)
        #expect(router.statuses.count == 2)
    }

    @Test("a node named again before it died goes on as it was")
    mutating func namedAgain() {
        let ids = start([0])
        #expect(router.sourcesNamed([]).isEmpty)
        #expect(router.route(handshake, listener: "meet", now: .zero) == .unavailable)
        #expect(router.sourcesNamed([address(0)]).isEmpty)
        #expect(route(handshake) == ids[0])
    }

    @Test("ids that do not say whose they are are learned, and forgotten with the node")
    mutating func learned() {
        let ids = start([0, 0])
        router.sessionOpened("lv_VI97HAXpY6yYWAAAB", on: ids[1], now: .zero)
        #expect(route(.session("lv_VI97HAXpY6yYWAAAB")) == ids[1])
        router.sessionOpened(tag(1) + "abc", on: ids[1], now: .zero)
        #expect(router.learnedCount == 1)
        #expect(router.connectionRefused(ids[1]) == .died)
        #expect(router.learnedCount == 0)
    }

    @Test("an id of an incarnation that was not probed yet is learned as well")
    mutating func newIncarnation() {
        let ids = start([0])
        router.sessionOpened(tag(5) + "abc", on: ids[0], now: .zero)
        #expect(route(.session(tag(5) + "abc")) == ids[0])
    }

    @Test("an id in use is kept, one that is not is forgotten within two lifetimes")
    mutating func age() {
        let ids = start([0])
        router.sessionOpened("used", on: ids[0], now: .zero)
        router.sessionOpened("unused", on: ids[0], now: .zero)
        for second in stride(from: 100, through: 400, by: 100) {
            #expect(route(.session("used"), at: .seconds(second)) == ids[0])
        }
        #expect(router.learnedCount == 1)
        #expect(route(.session("unused"), at: .seconds(400)) == nil)
        #expect(route(.session("used"), at: .seconds(4000)) == nil)
    }

    @Test("the table of learned ids is bounded")
    mutating func bounded() {
        var limits = RoutingLimits()
        limits.learnedSessions = 10
        router = Router(limits: limits)
        let ids = start([0])
        for number in 0..<100 { router.sessionOpened("id\(number)", on: ids[0], now: .zero) }
        #expect(router.learnedCount <= 10)
        #expect(route(.session("id99")) == ids[0])
        #expect(route(.session("id0")) == nil)
    }

    @Test("is ready when every listener has a node, and has probed all when none is unknown")
    mutating func readiness() {
        let ids = router.sourcesNamed([address(0, listeners: ["meet"]), address(1, listeners: ["support"])])
        #expect(!router.hasProbedAll)
        _ = router.probeAnswered(ids[0], ready(0))
        #expect(!router.serves(["meet", "support"]))
        #expect(router.serves(["meet"]))
        #expect(router.probeFailed(ids[1]) == .none)
        #expect(router.hasProbedAll)
        _ = router.probeAnswered(ids[1], ready(1))
        #expect(router.serves(["meet", "support"]))
    }

    @Test("an address needs endpoints with different listeners")
    func addresses() {
        let endpoint = Endpoint(listener: "meet", host: "::1", port: 1)
        #expect(NodeAddress([]) == nil)
        #expect(NodeAddress([endpoint, endpoint]) == nil)
        #expect(NodeAddress([endpoint])?.description == "meet=[::1]:1")
    }
}
