import Adapter
import AdapterConformance
import Cluster
import NIOCore
import NIOPosix
import SocketIO
import Synchronization
import TestSupport
import Testing

@Suite("In-process recovery store")
struct InProcessRecoveryStoreTests {
    /// A clock that stands still, and what is to be done when it goes on.
    private final class Clock: Sendable {
        private let state = Mutex<(now: Duration, waiting: [(Duration, @Sendable () -> Void)])>((.zero, []))

        var now: Duration { state.withLock { $0.now } }
        var isIdle: Bool { state.withLock { $0.waiting.isEmpty } }

        func schedule(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
            state.withLock { $0.waiting.append(($0.now + delay, body)) }
        }

        func advance(to time: Duration) {
            while let body = next(until: time) { body() }
            state.withLock { $0.now = time }
        }

        private func next(until time: Duration) -> (@Sendable () -> Void)? {
            state.withLock { state in
                guard let first = state.waiting.indices.min(by: { state.waiting[$0].0 < state.waiting[$1].0 }),
                    state.waiting[first].0 <= time
                else { return nil }
                let (due, body) = state.waiting.remove(at: first)
                state.now = due
                return body
            }
        }
    }

    private let clock = Clock()
    private let expired = Recorder<String>()

    private func store(_ change: (inout RecoveryLimits) -> Void = { _ in }) -> InProcessRecoveryStore {
        var limits = RecoveryLimits()
        limits.maxDisconnectionDuration = .seconds(10)
        limits.lossDetection = .seconds(5)
        change(&limits)
        let store = InProcessRecoveryStore(
            epoch: "e.", limits: limits, now: { [clock] in clock.now },
            schedule: { [clock] delay, body in clock.schedule(delay, body) })
        store.start(RecoveryEvents { [expired] in expired.record($0.pid) })
        return store
    }

    private func session(_ pid: String, in namespace: String = "/", start: String = "e.0") -> RecoverableSession {
        RecoverableSession(
            id: "id", pid: pid, namespace: namespace, rooms: ["id", "r"], data: ["n": 1], start: start)
    }

    private func append(_ store: InProcessRecoveryStore, _ event: Arguments, to rooms: String...) -> RecordedEvent {
        store.append(event, in: "/", to: BroadcastOptions(rooms: rooms), isForeign: false)
    }

    @Test("the recovery store in the process", arguments: RecoveryStoreCheck.all)
    func conformance(_ check: RecoveryStoreCheck) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await check.run(
            InProcessRecoveryStore(
                epoch: "e.", limits: check.limits,
                now: { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) },
                schedule: { delay, body in loop.scheduleTask(in: TimeAmount(delay), body) }))
    }

    @Test("an event is delivered with its offset behind it")
    func offsets() {
        let store = store()
        #expect(store.offset(in: "/") == "e.0")
        let recorded = append(store, ["b", 1, .binary(.init(bytes: [7]))])
        #expect(recorded.id == EventID(number: 1))
        #expect(recorded.delivered == ["b", 1, .binary(.init(bytes: [7])), "e.1"])
        #expect(append(store, ["b"]).delivered == ["b", "e.2"])
        #expect(store.offset(in: "/x") == "e.2")
    }

    @Test(
        "offsets that were not given restore nothing",
        arguments: [
            "", "e.", "e.2", "e.-1", "e.+1", "e.01", "e. 1", "e.1 ", "f.1", "1", "e.1e0", "e.9223372036854775807",
            "e.99999999999999999999", "e.\u{661}", String(repeating: "9", count: 100_000),
        ])
    func wrongOffsets(_ offset: String) async {
        let store = store()
        _ = append(store, ["a"])
        store.save(session("p"))
        #expect(await store.session("p", in: "/", offset: offset) == nil)
        #expect(await store.restore("p", in: "/", offset: offset) == nil)
        #expect(store.statistics.failed == 2)
        #expect(await store.restore("p", in: "/", offset: "e.1")?.events == [])
    }

    @Test("a session expires when its time is over, once; one that came back does not")
    func expiry() async {
        let store = store()
        store.save(session("p"))
        store.save(session("q"))
        #expect(await store.restore("q", in: "/", offset: nil)?.events == [])
        clock.advance(to: .seconds(9))
        #expect(expired.all == [])
        #expect(await store.session("p", in: "/", offset: nil) != nil)
        clock.advance(to: .seconds(12))
        #expect(expired.all == ["p"])
        #expect(await store.session("p", in: "/", offset: nil) == nil)
        clock.advance(to: .seconds(100))
        #expect(expired.all == ["p"])
        #expect((store.statistics.expired, store.statistics.sessions) == (1, 0))
    }

    @Test("events are kept as long as somebody may come back who did not get them, and then nothing is looked at")
    func eventExpiry() {
        let store = store()
        _ = append(store, ["a"])
        clock.advance(to: .seconds(14))
        #expect(store.statistics.packets == 1)
        clock.advance(to: .seconds(17))
        #expect((store.statistics.packets, store.statistics.bytes) == (0, 0))
        #expect(clock.isIdle)
        _ = append(store, ["b"])
        #expect(!clock.isIdle)
    }

    @Test("a client whose last event is long ago misses nothing")
    func quietClient() async {
        let store = store()
        _ = append(store, ["long ago"])
        clock.advance(to: .seconds(1000))
        store.save(session("p"))
        _ = append(store, ["missed"])
        #expect(await store.restore("p", in: "/", offset: "e.1")?.events.map(\.event) == [["missed", "e.2"]])
    }

    @Test("over the limits the oldest sessions and events are given up, and that is counted and told")
    func limits() async {
        let store = store { ($0.maxSessions, $0.maxPackets) = (1, 2) }
        store.save(session("p"))
        store.save(session("q"))
        #expect(expired.all == ["p"])
        for _ in 0..<3 { _ = append(store, ["a"]) }
        #expect(await store.session("q", in: "/", offset: "e.0") == nil)
        #expect(await store.session("q", in: "/", offset: "e.1") != nil)
        #expect((store.statistics.droppedSessions, store.statistics.droppedPackets) == (1, 1))
    }
}
