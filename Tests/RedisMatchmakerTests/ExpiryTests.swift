import Cluster
import Logging
import MatchmakerConformance
import Matchmaking
import NIOPosix
import TestSupport
import Testing

@testable import RedisAdapter

/// Nothing in Redis outlasts the cluster for ever.
@Suite struct ExpiryTests {
    @Test("every key has an expiry, which living nodes put off; after the death of the last node nothing is left")
    func expiry() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let watcher = RedisClient(
            configuration: try RedisConfiguration(url: server.url), loop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: .init(label: "watcher"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watcher.run() }
            try await watcher.waitUntilConnected(within: .seconds(10))
            try await withThrowingTaskGroup(of: Void.self) { nodes in
                let (one, two) = (try ShortLived("node0-", on: server), try ShortLived("node1-", on: server))
                for node in [one, two] { nodes.addTask { try await node.run() } }
                for node in [one, two] { try await node.matchmaker.waitUntilReady(within: .seconds(10)) }
                try await liveAndWait(MatchCluster([one.node, two.node]), watcher)
                nodes.cancelAll()
            }
            #expect(await eventually { (try? await watcher.command(["DBSIZE"]))?.integer == 0 })
            group.cancelAll()
        }
    }

    /// A pair and some who wait, in pools and for a time that only a tick ends; then they outlive several lifetimes.
    private func liveAndWait(_ cluster: MatchCluster, _ redis: RedisClient) async throws {
        let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c"))
        try await cluster.chat(a, b)
        try await cluster.find(c, pool: "north")
        try await cluster.find(cluster.id("d", on: 1), user: "ann", video: true, pool: "south")
        try await cluster.find(cluster.id("e"), user: "ann", video: true, pool: "south")
        try await cluster.next(a)
        let keys = try await keys(redis)
        let base = "{switchboard}:meet:"
        let queues = ["queue:north:text", "queue:south:video", "queue:text"]
        for key in ["number", "due", "node:node0-", "node:node1-"] + queues {
            #expect(keys.contains(base + key), "of \(keys)")
        }
        let samples = Recorder<[String: Int64]>()
        let areKept = await eventually {
            var sample: [String: Int64] = [:]
            for key in keys { sample[key] = (try? await redis.command(["PTTL", .text(key)]))?.integer }
            samples.record(sample)
            return keys.allSatisfy { extensions(of: $0, in: samples.all) >= 5 }
        }
        #expect(areKept, "of \(keys)")
        for key in keys { #expect(samples.all.allSatisfy { $0[key] ?? -2 > 0 }, "\(key)") }
        let stranger = cluster.id("f", on: 1)
        try await cluster.find(stranger, pool: "north")
        try await cluster.expect(c, "waiting", "start \(stranger)")
    }

    /// How often the expiry of a key was put off.
    private func extensions(of key: String, in samples: [[String: Int64]]) -> Int {
        zip(samples, samples.dropFirst()).count { $0[key] ?? .max < $1[key] ?? .min }
    }

    private func keys(_ redis: RedisClient) async throws -> [String] {
        try await redis.command(["KEYS", "*"]).array?.compactMap(\.text) ?? []
    }
}

/// A node whose keys live for two seconds.
private struct ShortLived: Sendable {
    let redis: RedisClient
    let membership: NodeMembership
    let matchmaker: RedisMatchmaker
    let online: RedisOnlineCount
    let node: MatchNode

    init(_ name: String, on server: RedisServer) throws {
        var logger = Logger(label: name)
        logger.logLevel = .error
        redis = RedisClient(
            configuration: try RedisConfiguration(url: server.url), loop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: logger)
        var configuration = MembershipConfiguration()
        configuration.heartbeat = .milliseconds(50)
        configuration.lease = .seconds(1)
        configuration.keyLifetime = .seconds(2)
        membership = NodeMembership(
            redis: redis, tag: try #require(NodeTag(name)), configuration: configuration, logger: logger)
        var policy = MatchPolicy()
        policy.rematch = .cooldown(.seconds(60))
        matchmaker = RedisMatchmaker(redis: redis, membership: membership, policy: policy, logger: logger)
        online = RedisOnlineCount(redis: redis, membership: membership, logger: logger)
        online.start { _ in }
        online.add(1)
        node = MatchNode(tag: name, matchmaker: matchmaker)
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.redis.run() }
            group.addTask { try await self.membership.run() }
            try await group.waitForAll()
        }
    }
}
