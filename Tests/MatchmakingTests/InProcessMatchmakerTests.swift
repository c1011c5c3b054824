import Adapter
import MatchmakerConformance
import Matchmaking
import Synchronization
import Testing

@Suite struct InProcessMatchmakerTests {
    @Test("conforms on one node", arguments: MatchmakerCheck.all) func conforms(check: MatchmakerCheck) async throws {
        let matchmaker = InProcessMatchmaker { _, _ in Issue.record("the default policy never waits") }
        try await check.run(MatchCluster([MatchNode(tag: "node0-", matchmaker: matchmaker)]))
    }

    @Test("conforms on one node with a grace", arguments: MatchmakerCheck.withGrace)
    func conformsWithGrace(check: MatchmakerCheck) async throws {
        var policy = MatchPolicy()
        policy.reconnectGrace = .seconds(60)
        let matchmaker = InProcessMatchmaker(policy: policy) { delay, _ in #expect(delay > .seconds(50)) }
        try await check.run(MatchCluster([MatchNode(tag: "node0-", matchmaker: matchmaker)]))
    }

    @Test("98: who was away too long is given up by a timer") func endOfGrace() async throws {
        let time = ManualTime()
        var policy = MatchPolicy()
        policy.reconnectGrace = .seconds(10)
        let node = MatchNode(
            tag: "node0-",
            matchmaker: InProcessMatchmaker(policy: policy, now: { time.now }, schedule: { time.schedule($0, $1) }))
        let cluster = MatchCluster([node])
        let (a, b) = (cluster.id("a"), cluster.id("b"))
        try await cluster.chat(a, b)
        try await cluster.suspend(a)
        time.advance(.seconds(9))
        try await cluster.expect(b, "waiting", "start \(a)", "away \(a)")
        time.advance(.seconds(1))
        try await cluster.expect(b, "waiting", "start \(a)", "away \(a)", "left \(a)")
        #expect(time.scheduled == [])
    }

    @Test("51: a cooldown is waited for with one timer") func cooldown() async throws {
        let time = ManualTime()
        var policy = MatchPolicy()
        policy.rematch = .cooldown(.seconds(5))
        let node = MatchNode(
            tag: "node0-",
            matchmaker: InProcessMatchmaker(policy: policy, now: { time.now }, schedule: { time.schedule($0, $1) }))
        let cluster = MatchCluster([node])
        let (a, b) = (cluster.id("a"), cluster.id("b"))
        try await cluster.find(a)
        try await cluster.find(b)
        time.advance(.seconds(1))
        #expect(try await cluster.next(a) == .waiting)
        #expect(try await cluster.next(b) == .waiting)
        #expect(time.scheduled == [.seconds(6)])
        time.advance(.seconds(5))
        try await cluster.expect(a, "waiting", "start \(b)", "waiting", "start \(b)")
        #expect(time.scheduled == [])
    }

    @Test("several threads: each participant is told things in the order in which they became true")
    func threads() async throws {
        let node = MatchNode(tag: "node0-", matchmaker: InProcessMatchmaker { _, _ in })
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for round in 0..<500 {
                        let id = "node0-\(thread)-\(round % 5)"
                        node.matchmaker.submit(.find(participant: id, user: nil, wantsVideo: false)) { _ in }
                        if round % 3 == 0 { node.matchmaker.submit(.next(participant: id, user: nil)) { _ in } }
                    }
                }
            }
        }
        try await MatchCluster([node]).settle()
        var witness = Witness()
        for event in node.events {
            // One's own find or next ends a chat silently; everything else must fit together.
            if case .waiting(let id) = event { witness.leaves(id) }
            witness.saw([event])
        }
        #expect(witness.complaints == [])
        #expect(witness.chats > 100)
    }
}

/// A clock and timers that move by hand.
final class ManualTime: Sendable {
    private struct State {
        var now = Duration.zero
        var timers: [(at: Duration, body: @Sendable () -> Void)] = []
    }
    private let state = Mutex(State())

    var now: Duration { state.withLock { $0.now } }
    var scheduled: [Duration] { state.withLock { $0.timers.map(\.at) } }

    func schedule(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.timers.append(($0.now + delay, body)) }
    }

    func advance(_ time: Duration) {
        let due = state.withLock { state in
            state.now += time
            let now = state.now
            defer { state.timers.removeAll { $0.at <= now } }
            return state.timers.filter { $0.at <= now }
        }
        for timer in due { timer.body() }
    }
}
