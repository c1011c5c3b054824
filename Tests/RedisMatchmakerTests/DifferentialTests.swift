import Cluster
import Foundation
import Logging
import MatchmakerConformance
import Matchmaking
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import RedisAdapter

/// The same random operations on the Swift value and on the Lua script: the same replies and events.
///
/// 27,000 operations; more with `SWITCHBOARD_DIFFERENTIAL_OPERATIONS=1000000`, shared out among the policies.
@Suite struct DifferentialTests {
    /// Time that the test sets.
    private static let time = "local now = tonumber(redis.call('GET', KEYS[4] .. ':now'))"

    /// Operations that are compared at a time.
    private static let batch = 3_000
    private static let batches: Int = {
        let asked = ProcessInfo.processInfo.environment["SWITCHBOARD_DIFFERENTIAL_OPERATIONS"].flatMap { Int($0) }
        return max(1, ((asked ?? 0) + policies.count * batch - 1) / (policies.count * batch))
    }()

    @Test("random operations in pools and node losses give the same on both", arguments: [0, 1, 2, 3, 4, 5, 6, 7, 8])
    func sameAsModel(policy index: Int) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        var configuration = try RedisConfiguration(url: server.url)
        // Thousands of commands wait at a time, perhaps on a busy machine.
        configuration.timing.command = .seconds(60)
        let redis = RedisClient(
            configuration: configuration, loop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: .init(label: "differential"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await redis.run() }
            try await redis.waitUntilConnected(within: .seconds(10))
            var walk = Walk(policy: Self.policies[index], seed: UInt64(index) + 7)
            for _ in 0..<Self.batches { try await compare(walk.steps(Self.batch), redis, policy: Self.policies[index]) }
            group.cancelAll()
        }
    }

    private func compare(_ steps: [Step], _ redis: RedisClient, policy: MatchPolicy) async throws {
        let store = try await LuaMachine(redis, policy: policy, time: Self.time)
        try await store.becomesReady()
        for (number, step) in steps.enumerated() { store.send(step.request, number: number + 1, now: step.now) }
        let outcomes = try await store.outcomes(steps.count)
        for (number, step) in steps.enumerated() {
            try #require(outcomes[number].events == step.expected.byNode, "step \(number): \(step.request)")
            try #require(outcomes[number].reply == step.reply, "step \(number): \(step.request)")
        }
    }

    private struct Step {
        var request: MatchScript.Request
        var now: Duration
        var expected: [MatchEvent]
        var reply: MatchReply?
    }

    /// Random operations, a tick whenever one is due, now and then a lost node; with what the model says to each.
    private struct Walk {
        private var model: MatchMachine
        private var random: SeededGenerator
        private var now = Duration.seconds(1_000_000)

        init(policy: MatchPolicy, seed: UInt64) {
            model = MatchMachine(policy: policy)
            random = SeededGenerator(seed: seed)
        }

        mutating func steps(_ count: Int) -> [Step] {
            var steps: [Step] = []
            for number in 0..<count {
                now += .milliseconds(Int.random(in: 0...900, using: &random))
                if let next = model.nextTick, next <= now {
                    steps.append(Step(request: .tick, now: now, expected: model.tick(now: now)))
                }
                steps.append(number % 97 == 96 ? loss(of: names[number % 3]) : operation())
            }
            #expect(model.violations == [])
            #expect(steps.count { !$0.expected.isEmpty } > count / 3)
            return steps
        }

        private mutating func operation() -> Step {
            let operation = MatchOperation.random(of: 24, using: &random)
            let outcome = model.apply(operation, now: now)
            return Step(request: .operation(operation), now: now, expected: outcome.events, reply: outcome.reply)
        }

        private mutating func loss(of tag: String) -> Step {
            Step(request: .nodeLost(tag: tag), now: now, expected: model.nodeLost(tag, now: now))
        }
    }

    private static let policies: [MatchPolicy] = {
        var policies = [MatchPolicy](repeating: MatchPolicy(), count: 9)
        policies[1].rematch = .baseline
        policies[2].rematch = .cooldown(.seconds(5))
        policies[3].mixedMatch = .never
        policies[4].mixedMatch = .after(.seconds(3))
        policies[4].mixedVideo = .both
        policies[5].requeueOnPartnerDisconnect = .server
        policies[6].allowSameUser = true
        policies[6].rematch = .cooldown(.seconds(3))
        policies[6].mixedMatch = .after(.seconds(2))
        policies[6].requeueOnPartnerDisconnect = .server
        policies[7].reconnectGrace = .seconds(10)
        policies[8] = policies[6]
        policies[8].reconnectGrace = .seconds(4)
        return policies
    }()
}

/// The script on a Redis, fed without waiting; what it publishes is read back up to a marker after each step.
private struct LuaMachine {
    struct Outcome {
        var events: [String: [MatchEvent]] = [:]
        var reply: MatchReply?
    }

    private let redis: RedisClient
    private let scripts: [String: MatchScript]
    private let inboxes: [String: Recorder<MatchNotice>]

    init(_ redis: RedisClient, policy: MatchPolicy, time: String) async throws {
        self.redis = redis
        let keys = KeySpace()
        var scripts: [String: MatchScript] = [:]
        var inboxes: [String: Recorder<MatchNotice>] = [:]
        for name in names + ["other-"] {
            let inbox = Recorder<MatchNotice>()
            redis.subscribe(MatchScript.inbox(keys, profile: "meet", tag: name)) { _, payload in
                for notice in MatchNotice.lines(payload) { inbox.record(notice) }
            }
            inboxes[name] = inbox
            scripts[name] = MatchScript(
                keys: keys, leaseKey: keys.key("leases"), profile: "meet", tag: try #require(NodeTag(name)),
                policy: policy, lifetime: .seconds(3_600), time: time)
            _ = try await redis.command(["ZADD", .text(keys.key("leases")), 1, .text(name)])
        }
        self.scripts = scripts
        self.inboxes = inboxes
        if let script = scripts["other-"]?.script { redis.register(script) }
    }

    /// Everything is subscribed as soon as a marker comes back.
    func becomesReady() async throws {
        let isReady = await eventually {
            send(.tick, number: 0, now: .zero)
            return inboxes.values.allSatisfy { $0.all.contains(.snapshot(number: 0)) }
        }
        try #require(isReady)
    }

    func send(_ request: MatchScript.Request, number: Int, now: Duration) {
        var submitter = "other-"
        if case .operation(let operation) = request { submitter = String(operation.participant.prefix(6)) }
        guard let script = scripts[submitter] else { return }
        let leases = RedisArgument.text(script.keys[0])
        if case .nodeLost(let tag) = request { command(["ZREM", leases, .text(tag)]) }
        command(["SET", .text(script.keys[3] + ":now"), .integer(now.microseconds)])
        let answered = if case .operation = request { UInt64(number) } else { UInt64(0) }
        redis.run(script.script, keys: script.keys, arguments: script.arguments(request, number: answered)) { reply in
            if case .failure(let error) = reply { Issue.record("step \(number): \(error)") }
        }
        if case .nodeLost(let tag) = request { command(["ZADD", leases, 1, .text(tag)]) }
        for name in scripts.keys {
            command([
                "PUBLISH", .text(MatchScript.inbox(KeySpace(), profile: "meet", tag: name)), "snapshot \(number)",
            ])
        }
    }

    private func command(_ words: [RedisArgument]) {
        redis.command(words) { reply in
            if case .failure(let error) = reply { Issue.record("\(error)") }
        }
    }

    /// What the steps 1 to `count` led to.
    func outcomes(_ count: Int) async throws -> [Outcome] {
        let (inboxes, last) = (inboxes, MatchNotice.snapshot(number: UInt64(count)))
        let isComplete = await eventually(within: .seconds(60)) { inboxes.values.allSatisfy { $0.all.last == last } }
        try #require(isComplete)
        var outcomes = [Outcome](repeating: Outcome(), count: count + 1)
        for (name, inbox) in inboxes {
            var step = 1
            for notice in inbox.all.drop(while: { $0 != .snapshot(number: 0) }) {
                if case .snapshot(let number) = notice { step = Int(number) + 1 }
                guard step <= count else { break }
                if let event = notice.event { outcomes[step].events[name, default: []].append(event) }
                if case .reply(let number, _, let reply) = notice { outcomes[Int(number)].reply = reply }
            }
        }
        return Array(outcomes.dropFirst())
    }
}

extension MatchNotice {
    /// The event that a line tells, if it tells one.
    fileprivate var event: MatchEvent? {
        switch self {
        case .waiting(let id, _): .waiting(participant: id)
        case .start(let id, let partner, let pair, let withVideo):
            .chatStart(participant: id, partner: partner, pairID: String(pair), withVideo: withVideo)
        case .left(let id, let partner, let pair):
            .partnerLeft(participant: id, partner: partner, pairID: String(pair))
        case .presence(let id, let partner, let pair, let presence):
            .partnerPresence(participant: id, partner: partner, pairID: String(pair), presence)
        case .resumed(let id, let resumption): .resumed(participant: id, resumption?.state.retained)
        case .adopted(let id): .adopted(participant: id)
        case .reply, .again, .state, .snapshot: nil
        }
    }
}

extension [MatchEvent] {
    /// Events grouped by the node that owns the participant, in order.
    fileprivate var byNode: [String: [MatchEvent]] { Dictionary(grouping: self) { String($0.participant.prefix(6)) } }
}
