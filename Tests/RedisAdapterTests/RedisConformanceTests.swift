import Adapter
import AdapterConformance
import Cluster
import NIOCore
import RedisAdapter
import TestSupport
import Testing

@Suite struct RedisConformanceTests {
    @Test("the bus over Redis", arguments: BusCheck.all)
    func bus(_ check: BusCheck) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { one in
            try await withClient(server.url) { two in try await check.run(RedisBus(one), RedisBus(two)) }
        }
    }

    @Test("prefixes of the bus over Redis", arguments: PrefixBusCheck.all)
    func prefixBus(_ check: PrefixBusCheck) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { one in
            try await withClient(server.url) { two in try await check.run(RedisBus(one), RedisBus(two)) }
        }
    }

    @Test("the bus over sharded publish and subscribe", arguments: BusCheck.all)
    func shardBus(_ check: BusCheck) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { one in
            try await withClient(server.url) { two in try await check.run(RedisShardBus(one), RedisShardBus(two)) }
        }
    }

    @Test("the classic adapter over Redis", arguments: AdapterCheck.all)
    func adapter(_ check: AdapterCheck) async throws {
        try await run(check) { node in
            let membership = node.membership
            let bus = RedisBus(node.redis)
            let unicast = Unicast(tag: membership.tag) { membership.isLive($0) }
            return ConformanceNode(
                factory: ClassicAdapterFactory(bus: bus, unicast: unicast, members: membership), tag: membership.tag,
                bus: bus)
        }
    }

    @Test("the sharded adapter over Redis", arguments: AdapterCheck.all)
    func sharded(_ check: AdapterCheck) async throws {
        try await run(check) { node in
            let bus = RedisShardBus(node.redis)
            return ConformanceNode(
                factory: ShardedAdapterFactory(bus: bus, members: node.membership), tag: node.membership.tag, bus: bus,
                foreign: ConformanceNode.sharded)
        }
    }

    private func run(_ check: AdapterCheck, _ conformance: (TestNode) -> ConformanceNode) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let nodes = try ["AAAAAA", "BBBBBB", "CCCCCC"].prefix(check.nodes).map { try TestNode(server.url, tag: $0) }
        for node in nodes { try await node.start() }
        #expect(await eventually { nodes.allSatisfy { $0.membership.liveNodes.count == nodes.count } })
        try await check.run(nodes.map(conformance))
    }
}
