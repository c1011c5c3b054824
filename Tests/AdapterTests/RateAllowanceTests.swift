import Synchronization
import Testing

@testable import Adapter

@Suite("What accounts may do over all nodes")
struct RateAllowanceTests {
    /// Nodes that share a limiter, in time that a test makes.
    private final class Scene: Sendable {
        let clock: Clock
        let limiter: CountingLimiter
        let tables: [RateAllowances]

        init(nodes: Int, _ quota: RateQuota, capacity: Int = 100_000) {
            let clock = Clock()
            let limiter = CountingLimiter(InProcessRateLimiter(now: clock.now))
            (self.clock, self.limiter) = (clock, limiter)
            tables = (0..<nodes).map { _ in
                RateAllowances("test", quota, limiter: limiter, capacity: capacity, now: clock.now) { nodes }
            }
        }

        func allowances(_ key: String = "a") -> [RateAllowance] { tables.map { $0.allowance(of: key) } }

        /// A second passes, in which everybody takes as much as he gets, up to a wish.
        func second(_ allowances: [RateAllowance], wish: Int) async -> [Int] {
            let taken = allowances.map { allowance in (0..<wish).count { _ in allowance.take() } }
            clock.advance(.seconds(1))
            for table in tables { await table.settle() }
            return taken
        }
    }

    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: @Sendable () -> Duration { { self.time.withLock { $0 } } }
        func advance(_ step: Duration) { time.withLock { $0 += step } }
    }

    /// Notes who asked for how much.
    private final class CountingLimiter: RateLimiter {
        private let limiter: InProcessRateLimiter
        let questions = Mutex<[String]>([])

        init(_ limiter: InProcessRateLimiter) { self.limiter = limiter }

        func take(_ tokens: Int, from key: String, _ quota: RateQuota) async -> RateDecision {
            questions.withLock { $0.append("\(tokens) \(key)") }
            return await limiter.take(tokens, from: key, quota)
        }
    }

    private static let quota = RateQuota(burst: 100, refill: .milliseconds(50))

    @Test("one node gives the quota, and asks nobody")
    func alone() async {
        let scene = Scene(nodes: 1, Self.quota)
        let allowances = scene.allowances()
        var taken: [Int] = []
        for _ in 0..<3 { taken += await scene.second(allowances, wish: 1_000) }
        #expect(taken == [100, 20, 20])
        #expect(scene.limiter.questions.withLock { $0 }.isEmpty)
    }

    @Test("who stays below a node's share costs no question")
    func share() async {
        let scene = Scene(nodes: 2, Self.quota)
        let allowances = scene.allowances()
        for _ in 0..<10 { #expect(await scene.second(allowances, wish: 10) == [10, 10]) }
        #expect(scene.limiter.questions.withLock { $0 }.isEmpty)
    }

    @Test("somebody on three nodes gets what one node gives, late by an interval; one question for each and interval")
    func settlement() async {
        let scene = Scene(nodes: 3, Self.quota)
        let allowances = scene.allowances()
        let first = await scene.second(allowances, wish: 1_000)
        #expect(first == [100, 100, 100], "nobody knows of the others yet")
        #expect(scene.limiter.questions.withLock { $0 } == Array(repeating: "100 test/a", count: 3))
        var total = 300
        for _ in 0..<120 { total += await scene.second(allowances, wish: 1_000).reduce(0, +) }
        #expect((100 + 120 * 20...300 + 121 * 20).contains(total))
    }

    @Test("whoever takes all that three nodes give, at any time, gets no more in the long run than one node gives")
    func longRun() async {
        let scene = Scene(nodes: 3, RateQuota(burst: 5, refill: .seconds(1)))
        let allowances = scene.allowances()
        var total = 0
        for step in 1...1_200 {
            total += allowances.count { $0.take() }
            scene.clock.advance(.milliseconds(50))
            // Each node has intervals of its own.
            for (index, table) in scene.tables.enumerated() where step % 20 == index * 7 { await table.settle() }
        }
        // A debt is a full bucket at most, and what came back in an interval.
        #expect((5 + 60...5 + 60 + 3 * 6).contains(total), "\(total)")
        // Whoever pauses has paid his debts: every node gives a full bucket again.
        for _ in 0..<30 { _ = await scene.second(allowances, wish: 0) }
        #expect(await scene.second(allowances, wish: 10) == [5, 5, 5])
    }

    @Test("the sockets of one account share; others do not")
    func keys() {
        let scene = Scene(nodes: 1, RateQuota(burst: 1, refill: .seconds(3_600)))
        let table = scene.tables[0]
        let (one, same, other) = (table.allowance(of: "a"), table.allowance(of: "a"), table.allowance(of: "b"))
        #expect(one === same)
        #expect(one.take() && !same.take() && other.take())
    }

    @Test("what nobody keeps is forgotten when it is full; what is used is not; the table is bounded")
    func forgotten() async {
        let scene = Scene(nodes: 1, RateQuota(burst: 1, refill: .seconds(90)), capacity: 10)
        let table = scene.tables[0]
        let kept = table.allowance(of: "kept")
        for number in 0..<100 { _ = table.allowance(of: "\(number)").take() }
        #expect(table.count == 10)
        #expect(!table.allowance(of: "0").take(), "it is remembered though nobody keeps it")
        for _ in 0..<3 {
            scene.clock.advance(.seconds(60))
            await table.settle()
        }
        #expect(table.count == 1)
        #expect(table.allowance(of: "kept") === kept)
    }
}
