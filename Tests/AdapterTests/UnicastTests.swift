import AdapterConformance
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

@testable import Adapter

@Suite struct UnicastTests {
    private let own = "AAAAAA"
    private let known = "BBBBBB"
    private let suffix = "01234567890123"

    private func route(_ rooms: [String]) throws -> Unicast.Route {
        let known = try #require(NodeTag(known))
        return Unicast(tag: try #require(NodeTag(own))) { $0 == known }.route(rooms)
    }

    @Test("sockets of known nodes go to the inboxes of these, once each, ours nowhere, everything else to all")
    func routes() throws {
        let inbox = Unicast.Route.inboxes([try #require(NodeTag(known))])
        #expect(try route([known + suffix]) == inbox)
        #expect(try route([own + suffix]) == .nobody)
        #expect(try route([known + suffix + "234"]) == inbox)
        #expect(try route([known + suffix, own + suffix, known + "other567890123"]) == inbox)
        #expect(try route([own + suffix, own + "other567890123"]) == .nobody)
        #expect(try route([known + suffix, "CCCCCC" + suffix]) == .everybody)
        #expect(try route(["CCCCCC" + suffix]) == .everybody)
        #expect(try route([]) == .everybody)
        #expect(try route([known + suffix, "r"]) == .everybody)
        #expect(try route([known]) == .everybody)
        #expect(try route([known + suffix + "x"]) == .everybody)
        #expect(try route(["a room of 20 bytes.."]) == .everybody)
    }

    @Test("the adapter publishes accordingly")
    func publishes() throws {
        let bus = InProcessBus()
        let seen = Recorder<String>()
        bus.subscribe(prefix: "") { channel, _ in seen.record(String(buffer: channel)) }
        let known = try #require(NodeTag(known))
        let unicast = Unicast(tag: try #require(NodeTag(own)), prefix: "p") { $0 == known }
        let adapter = ClassicAdapter(namespace: "/n", bus: bus, unicast: unicast)
        for rooms in [[self.known + suffix], [own + suffix], ["CCCCCC" + suffix], [], ["a", "b"]] {
            adapter.publish(["e"], to: BroadcastOptions(rooms: rooms))
        }
        #expect(
            seen.all == [
                "p-inbox#/n#BBBBBB#", "socket.io#/n#CCCCCC01234567890123#", "socket.io#/n#", "socket.io#/n#",
            ])
    }

    @Test("what concerns one socket of this node is not asked of others")
    func ownSocket() async throws {
        let bus = InProcessBus()
        let asked = Recorder<String>()
        bus.subscribe("socket.io-request#/#") { _, payload in asked.record(String(buffer: payload)) }
        let adapter = ClassicAdapter(
            namespace: "/", bus: bus, unicast: Unicast(tag: try #require(NodeTag(own))) { _ in true })
        adapter.start(RecordingSockets())
        let options = BroadcastOptions(rooms: [own + suffix])
        adapter.join(["r"], options)
        adapter.leave(["r"], options)
        adapter.disconnect(options, close: true)
        #expect(await adapter.fetchSockets(options).expected == 0)
        let answer = await adapter.publishExpectingAcknowledgements(["ask"], to: options, timeout: .seconds(60))
        #expect(answer.expected == 0)
        #expect(asked.all.isEmpty)
    }
}
