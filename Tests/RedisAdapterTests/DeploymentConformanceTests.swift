import Adapter
import AdapterConformance
import Cluster
import RedisAdapter
import TestSupport
import Testing

/// The conformance lists on a Redis Cluster, and on a master that sentinels watch.
@Suite(.serialized) struct DeploymentConformanceTests {
    @Test("bus and classic adapter over a Redis Cluster") func cluster() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        for check in BusCheck.all {
            try await run(check, url: cluster.url) { RedisBus($0) }
            try await run(check, url: cluster.url) { RedisShardBus($0) }
        }
        for check in AdapterCheck.all {
            for server in cluster.servers { server.cli("FLUSHALL") }
            try await run(check, url: cluster.url, classic)
        }
    }

    @Test("the sharded adapter over a Redis Cluster, whose masters keep order in each channel only")
    func shardedCluster() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        for check in AdapterCheck.all where !check.ordersChannels {
            for server in cluster.servers { server.cli("FLUSHALL") }
            try await run(check, url: cluster.url, sharded)
        }
    }

    @Test("bus and classic adapter through sentinels, before, during and after a failover") func sentinels()
        async throws
    {
        let redis = try await RedisSentinels.start()
        defer { redis.stop() }
        for (index, check) in BusCheck.all.enumerated() {
            if index == BusCheck.all.count / 2 { redis.master?.stop() }
            try await run(check, url: redis.url) { RedisBus($0) }
        }
        for check in AdapterCheck.all {
            for server in redis.servers where server.isRunning { server.cli("FLUSHALL") }
            try await run(check, url: redis.url, classic)
        }
    }

    private func run(_ check: BusCheck, url: String, bus: (RedisClient) -> any Bus) async throws {
        try await withClient(url) { one in
            try await withClient(url) { two in try await check.run(bus(one), bus(two)) }
        }
    }

    private func run(
        _ check: AdapterCheck, url: String, _ conformance: (TestNode) -> ConformanceNode
    ) async throws {
        let nodes = try ["AAAAAA", "BBBBBB", "CCCCCC"].prefix(check.nodes).map { try TestNode(url, tag: $0) }
        for node in nodes { try await node.start() }
        #expect(await eventually { nodes.allSatisfy { $0.membership.liveNodes.count == nodes.count } })
        try await check.run(nodes.map(conformance))
    }

    private func classic(_ node: TestNode) -> ConformanceNode {
        let membership = node.membership
        let bus = RedisBus(node.redis)
        let unicast = Unicast(tag: membership.tag) { membership.isLive($0) }
        return ConformanceNode(
            factory: ClassicAdapterFactory(bus: bus, unicast: unicast), tag: membership.tag, bus: bus)
    }

    private func sharded(_ node: TestNode) -> ConformanceNode {
        let bus = RedisShardBus(node.redis)
        return ConformanceNode(
            factory: ShardedAdapterFactory(bus: bus, members: node.membership), tag: node.membership.tag, bus: bus,
            foreign: ConformanceNode.sharded)
    }
}
