import Adapter
import AdapterConformance
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

/// One of the two formats over a bus inside of the process, with the channels on which a silent node would be subscribed.
private enum Format: CaseIterable {
    case classic
    case sharded

    func factory(_ bus: InProcessBus, _ members: FakeMembers, timeout: Duration) -> any AdapterFactory {
        switch self {
        case .classic:
            var configuration = ClassicConfiguration()
            configuration.requestsTimeout = timeout
            return ClassicAdapterFactory(bus: bus, configuration: configuration, members: members)
        case .sharded:
            var configuration = ShardedConfiguration()
            configuration.requestsTimeout = timeout
            return ShardedAdapterFactory(bus: bus, configuration: configuration, members: members)
        }
    }

    /// Subscribes as a node that never answers; without a tag, one that is no member.
    func addSilentNode(_ tag: NodeTag?, to bus: InProcessBus, asked: Recorder<Void>) {
        let (counted, own) =
            switch self {
            case .classic: ("socket.io-request#/#", tag.map { "socket.io-response#/#\($0)#" })
            case .sharded: ("socket.io#/#", tag.map { "socket.io#/#\($0.shardedUID)#" })
            }
        bus.subscribe(counted) { _, _ in asked.record(()) }
        if let own { bus.subscribe(own) { _, _ in } }
    }
}

@Suite struct SilentNodeTests {
    private let bus = InProcessBus()
    private let asked = Recorder<Void>()

    private func tags() throws -> (NodeTag, NodeTag) {
        (try #require(NodeTag("AAAAAA")), try #require(NodeTag("BBBBBB")))
    }

    @Test("who does not answer in time is named, or counted if it is no member", arguments: Format.allCases)
    private func timedOut(_ format: Format) async throws {
        let (own, other) = try tags()
        let adapter = format.factory(bus, FakeMembers(own, others: [other]), timeout: .milliseconds(50))
            .makeAdapter(namespace: "/")
        adapter.start(RecordingSockets())
        format.addSilentNode(other, to: bus, asked: asked)
        format.addSilentNode(nil, to: bus, asked: asked)
        let expected = [SilentNode(tag: other, reason: .timedOut), SilentNode(tag: nil, reason: .timedOut)]
        let sockets = await adapter.fetchSockets(BroadcastOptions())
        #expect((sockets.expected, sockets.missing) == (2, 2))
        #expect(sockets.silent == expected)
        #expect(await adapter.serverSideEmit(["ask"], timeout: .milliseconds(50)).silent == expected)
        let acknowledged = await adapter.publishExpectingAcknowledgements(
            ["ask"], to: BroadcastOptions(), timeout: .milliseconds(50))
        #expect(acknowledged.silent == expected && acknowledged.missing == 2)
        #expect(await adapter.allRooms().silent == expected)
    }

    @Test("a node whose lease is over is neither asked nor waited for", arguments: Format.allCases)
    private func leaseOver(_ format: Format) async throws {
        let (own, other) = try tags()
        let adapter = format.factory(bus, FakeMembers(own, lost: [other]), timeout: .seconds(60))
            .makeAdapter(namespace: "/")
        adapter.start(RecordingSockets())
        format.addSilentNode(other, to: bus, asked: asked)
        let sockets = await adapter.fetchSockets(BroadcastOptions())
        #expect((sockets.expected, sockets.missing) == (1, 1))
        #expect(sockets.silent == [SilentNode(tag: other, reason: .leaseOver)])
        #expect(await adapter.serverCount() == 1)
        #expect(asked.all.isEmpty)
    }

    @Test("nobody waits any longer for a node that is lost meanwhile", arguments: Format.allCases)
    private func lostMeanwhile(_ format: Format) async throws {
        let (own, other) = try tags()
        let members = FakeMembers(own, others: [other])
        let adapter = format.factory(bus, members, timeout: .seconds(60)).makeAdapter(namespace: "/")
        adapter.start(RecordingSockets())
        format.addSilentNode(other, to: bus, asked: asked)
        async let answer = adapter.fetchSockets(BroadcastOptions())
        #expect(await eventually { !asked.all.isEmpty })
        members.lose(other)
        #expect(await answer.silent == [SilentNode(tag: other, reason: .leaseOver)])
    }

    @Test("a member that does not have the namespace is not expected to answer", arguments: Format.allCases)
    private func elsewhere(_ format: Format) async throws {
        let (own, other) = try tags()
        let adapter = format.factory(bus, FakeMembers(own, others: [other]), timeout: .seconds(60))
            .makeAdapter(namespace: "/")
        adapter.start(RecordingSockets())
        let answer = await adapter.fetchSockets(BroadcastOptions())
        #expect(answer.expected == 0 && answer.silent.isEmpty)
    }

    @Test("answers of members and of others are complete when all have come", arguments: Format.allCases)
    private func complete(_ format: Format) async throws {
        let (own, other) = try tags()
        let adapter = format.factory(bus, FakeMembers(own, others: [other]), timeout: .seconds(60))
            .makeAdapter(namespace: "/")
        adapter.start(RecordingSockets())
        // One that is a member for both, and one that this node does not know yet.
        for (tag, socket) in [(other, "s"), (try #require(NodeTag("CCCCCC")), "t")] {
            format.factory(bus, FakeMembers(tag, others: [own]), timeout: .seconds(60)).makeAdapter(namespace: "/")
                .start(RecordingSockets(sockets: [socket: []]))
        }
        let answer = await adapter.fetchSockets(BroadcastOptions())
        #expect(answer.elements.map(\.id).sorted() == ["s", "t"])
        #expect(answer.expected == 2 && answer.missing == 0 && answer.silent.isEmpty)
        let acknowledged = await adapter.publishExpectingAcknowledgements(
            ["ask"], to: BroadcastOptions(), timeout: .seconds(60))
        #expect(acknowledged.elements.compactMap(\.string).sorted() == ["s", "t"])
    }
}
