import Adapter
import AdapterConformance
import Cluster
import SocketIO
import Testing

@Suite struct InProcessConformanceTests {
    @Test("the bus inside of one process", arguments: BusCheck.all)
    func bus(_ check: BusCheck) async throws {
        let bus = InProcessBus()
        try await check.run(bus, bus)
    }

    @Test("prefixes of the bus inside of one process", arguments: PrefixBusCheck.all)
    func prefixBus(_ check: PrefixBusCheck) async throws {
        let bus = InProcessBus()
        try await check.run(bus, bus)
    }

    @Test("the classic adapter inside of one process", arguments: AdapterCheck.all, [true, false])
    func adapter(_ check: AdapterCheck, usesUnicast: Bool) async throws {
        let bus = InProcessBus()
        let tags = ["AAAAAA", "BBBBBB", "CCCCCC"].prefix(check.nodes).compactMap { NodeTag($0) }
        try await check.run(
            tags.map { tag in
                let unicast = Unicast(tag: tag) { tags.contains($0) }
                let factory = ClassicAdapterFactory(bus: bus, unicast: usesUnicast ? unicast : nil)
                return ConformanceNode(factory: factory, tag: tag, bus: bus)
            })
    }

    @Test("the sharded adapter inside of one process", arguments: AdapterCheck.all, ShardedMode.allCases)
    func sharded(_ check: AdapterCheck, mode: ShardedMode) async throws {
        let bus = InProcessBus()
        var configuration = ShardedConfiguration()
        configuration.mode = mode
        let tags = ["AAAAAA", "BBBBBB", "CCCCCC"].prefix(check.nodes).compactMap { NodeTag($0) }
        try await check.run(
            tags.map { tag in
                let unicast = Unicast(tag: tag) { tags.contains($0) }
                let factory = ShardedAdapterFactory(
                    bus: bus, configuration: configuration, unicast: mode == .static ? unicast : nil)
                return ConformanceNode(factory: factory, tag: tag, bus: bus, foreign: ConformanceNode.sharded)
            })
    }

    @Test("the adapter of a node that runs alone answers nothing")
    func single() async {
        let adapter = SingleNodeAdapterFactory().makeAdapter(namespace: "/")
        adapter.publish(["b"], to: BroadcastOptions())
        #expect(await adapter.serverCount() == 1)
        #expect(await adapter.fetchSockets(BroadcastOptions()).elements.isEmpty)
        #expect(await adapter.serverSideEmit(["ask"], timeout: .seconds(10)).missing == 0)
    }
}
