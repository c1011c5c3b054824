import Cluster
import Logging
import Matchmaking
import MatchmakerConformance
import NIOCore
import NIOPosix
import Testing
import TestSupport

@testable import RedisAdapter

/// The same random operations on the Swift value and on the Lua script: the same replies and events.
@Suite struct DifferentialTests {
    /// Time that the test sets.
    private static let time = "local now = tonumber(redis.call('GET', KEYS[4] .. ':now'))"

    @Test("3,000 random operations and node losses give the same on both", arguments: [0, 1, 2, 3, 4, 5, 6])
    func sameAsModel(policy index: Int) async throws {
        let policy = Self.policies[index]
        let server = try await RedisServer.start()
        defer { server.stop() }
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: server.url), loop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: .init(label: "differential"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await redis.run() }
            try await redis.waitUntilConnected(within: .seconds(10))
            var store = try LuaMachine(redis, policy: policy, time: Self.time)
            var model = MatchMachine(policy: policy)
            var random = SeededGenerator(seed: UInt64(index) + 7)
            var now = Duration.seconds(1_000_000)
            for step in 0..<3_000 {
                now += .milliseconds(Int.random(in: 0...900, using: &random))
                if let next = model.nextMatch, next <= now {
                    let expected = model.tick(now: now)
                    #expect(try await store.run(.tick, now: now).events == expected.byNode, "tick before step \(step)")
                }
                if step % 97 == 96 {
                    let tag = names[step % 3]
                    let expected = model.nodeLost(tag, now: now)
                    let outcome = try await store.run(.nodeLost(tag: tag), now: now)
                    #expect(outcome.events == expected.byNode, "loss of \(tag) at step \(step)")
                    continue
                }
                let operation = MatchOperation.random(using: &random)
                let expected = model.apply(operation, now: now)
                let outcome = try await store.run(.operation(operation), now: now)
                try #require(outcome.events == expected.events.byNode, "step \(step): \(operation)")
                try #require(outcome.reply == expected.reply, "step \(step): \(operation)")
            }
            #expect(model.violations == [])
            group.cancelAll()
        }
    }

    private static let policies: [MatchPolicy] = {
        var policies = [MatchPolicy](repeating: MatchPolicy(), count: 7)
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
        return policies
    }()
}

/// The script on a Redis, called like the value; what it publishes is read back.
private struct LuaMachine {
    struct Outcome {
        var events: [String: [MatchEvent]]
        var reply: MatchReply?
    }

    private let redis: RedisClient
    private let scripts: [String: MatchScript]
    private let inbox = Recorder<(String, MatchNotice)>()
    private var seen = 0
    private var number: UInt64 = 0

    init(_ redis: RedisClient, policy: MatchPolicy, time: String) throws {
        self.redis = redis
        let keys = KeySpace()
        scripts = Dictionary(
            uniqueKeysWithValues: try (names + ["other-"]).map { name in
                let tag = try #require(NodeTag(name))
                return (
                    name,
                    MatchScript(keys: keys, leaseKey: "{switchboard}:leases", profile: "meet", tag: tag, policy: policy, time: time)
                )
            })
        for name in scripts.keys {
            redis.subscribe(MatchScript.inbox(keys, profile: "meet", tag: name)) { [inbox] _, payload in
                for notice in MatchNotice.lines(payload) { inbox.record((name, notice)) }
            }
        }
    }

    mutating func run(_ request: MatchScript.Request, now: Duration) async throws -> Outcome {
        number += 1
        var submitter = "other-"
        if case .operation(let operation) = request { submitter = String(operation.participant.prefix(6)) }
        let script = try #require(scripts[submitter])
        // The lease of a lost node is over; all others hold theirs.
        for name in scripts.keys {
            if case .nodeLost(name) = request {
                _ = try await redis.command(["ZREM", .text(script.keys[0]), .text(name)])
            } else {
                _ = try await redis.command(["ZADD", .text(script.keys[0]), 1, .text(name)])
            }
        }
        _ = try await redis.command(["SET", .text(script.keys[3] + ":now"), .integer(now.microseconds)])
        _ = try await redis.run(
            script.script, keys: script.keys, arguments: script.arguments(request, number: request.isOperation ? number : 0))
        return try await outcome()
    }

    /// Everything published until a marker comes back on each inbox.
    private mutating func outcome() async throws -> Outcome {
        for name in scripts.keys {
            let channel = MatchScript.inbox(KeySpace(), profile: "meet", tag: name)
            redis.publish(channel, ByteBuffer(string: "snapshot \(number)"))
        }
        let (inbox, seen, count, number) = (inbox, seen, scripts.count, number)
        let arrived = await eventually {
            inbox.all[seen...].count { $0.1 == .snapshot(number: number) } == count
        }
        try #require(arrived)
        var outcome = Outcome(events: [:])
        for (name, notice) in inbox.all[seen...] {
            switch notice {
            case .waiting(let id, _): outcome.events[name, default: []].append(.waiting(participant: id))
            case .start(let id, let partner, let pair, let withVideo):
                outcome.events[name, default: []].append(
                    .chatStart(participant: id, partner: partner, pairID: String(pair), withVideo: withVideo))
            case .left(let id, let partner, let pair):
                outcome.events[name, default: []].append(
                    .partnerLeft(participant: id, partner: partner, pairID: String(pair)))
            case .reply(_, _, let reply): outcome.reply = reply
            case .again, .state, .snapshot: break
            }
        }
        self.seen = inbox.all.count
        return outcome
    }
}

extension MatchScript.Request {
    fileprivate var isOperation: Bool { if case .operation = self { true } else { false } }
}

extension [MatchEvent] {
    /// Events grouped by the node that owns the participant, in order.
    fileprivate var byNode: [String: [MatchEvent]] { Dictionary(grouping: self) { String($0.participant.prefix(6)) } }
}

extension MatchOperation {
    fileprivate static func random(using random: inout SeededGenerator) -> MatchOperation {
        let number = Int.random(in: 0..<24, using: &random)
        let id = names[number % 3] + "p\(number)"
        let user = number % 2 == 0 ? "user\(number % 8)" : nil
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: return .find(participant: id, user: user, wantsVideo: .random(using: &random))
        case 5..<8: return .next(participant: id, user: user)
        case 8: return .leave(participant: id)
        default: return .disconnect(participant: id)
        }
    }
}

/// SplitMix64: the same numbers on every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
