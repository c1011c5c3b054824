import Adapter
import MatchmakerConformance
import Matchmaking
import TestSupport
import Testing

@testable import RedisAdapter

/// The matchmaker on a Redis Cluster, and on a master that sentinels watch.
@Suite(.serialized) struct DeploymentTests {
    @Test("conforms on a Redis Cluster") func cluster() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        for check in MatchmakerCheck.all {
            for server in cluster.servers { server.cli("FLUSHALL") }
            try await withNodes(url: cluster.url) { _, nodes in try await check.run(nodes) }
        }
    }

    @Test("conforms before and after a failover under sentinels, and while it goes on nodes may come")
    func sentinels() async throws {
        let redis = try await RedisSentinels.start()
        defer { redis.stop() }
        let checks = MatchmakerCheck.all
        for (index, check) in checks.enumerated() {
            for server in redis.servers where server.isRunning { server.cli("FLUSHALL") }
            if index == checks.count / 2 { redis.master?.stop() }
            try await withNodes(url: redis.url) { _, nodes in try await check.run(nodes) }
        }
    }

    @Test("a master of the cluster is replaced: chats are told to be over at most once, who waits is paired")
    func masterOfClusterReplaced() async throws {
        let cluster = try await RedisCluster.start(replicas: 1)
        defer { cluster.stop() }
        try await failover(url: cluster.url) {
            cluster.owner(of: "{switchboard}")?.stop()
        }
    }

    @Test("the master is replaced by sentinels: chats are told to be over at most once, who waits is paired")
    func masterReplaced() async throws {
        let redis = try await RedisSentinels.start()
        defer { redis.stop() }
        try await failover(url: redis.url) { redis.master?.stop() }
    }

    private func failover(url: String, _ lose: () -> Void) async throws {
        try await withNodes(url: url) { nodes, cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.chat(a, b)
            try await cluster.find(c)
            lose()
            for node in nodes { #expect(await eventually { !node.matchmaker.isReady }) }
            for node in nodes { #expect(await eventually(within: .seconds(20)) { node.matchmaker.isReady }) }
            // The replica has the pair, or lost it with the last writes: then both members are told once.
            let left = await eventually(within: .seconds(1)) { cluster.node(of: a).story(of: a).count == 3 }
            for (one, other) in [(a, b), (b, a)] {
                let story = cluster.node(of: one).story(of: one)
                #expect(story == ["waiting", "start \(other)"] + (left ? ["left \(other)"] : []))
            }
            try await cluster.expect(c, "waiting")
            let d = cluster.id("d", on: 1)
            try await cluster.find(d)
            try await cluster.expect(c, "waiting", "start \(d)")
        }
    }
}
