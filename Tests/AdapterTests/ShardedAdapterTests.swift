import AdapterConformance
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

@testable import Adapter

@Suite struct ShardedAdapterTests {
    private let bus = InProcessBus()

    private func adapter(_ mode: ShardedMode, namespace: String = "/", bus: (any Bus)? = nil) -> any ClusterAdapter {
        var configuration = ShardedConfiguration()
        configuration.mode = mode
        return ShardedAdapterFactory(bus: bus ?? self.bus, configuration: configuration)
            .makeAdapter(namespace: namespace)
    }

    @Test("a room's channel is subscribed from its first member to its last")
    func following() async {
        let adapter = adapter(.dynamic)
        adapter.start(RecordingSockets())
        adapter.roomFollower?.occupied("r")
        adapter.roomFollower?.occupied("s")
        adapter.roomFollower?.vacated("s")
        adapter.roomFollower?.vacated("t")
        #expect(await bus.subscriberCounts(["socket.io#/#r#", "socket.io#/#s#", "socket.io#/#"]) == [1, 0, 1])
        adapter.stop()
        adapter.roomFollower?.occupied("late")
        let counts = await bus.subscriberCounts(["socket.io#/#r#", "socket.io#/#", "socket.io#/#late#"])
        #expect(counts == [0, 0, 0])
    }

    @Test("only the nodes with a member receive what goes to one room")
    func interest() {
        let asked = Recorder<String>()
        bus.subscribe("socket.io#/#") { _, payload in asked.record(String(buffer: payload)) }
        let (here, there) = (RecordingSockets(), RecordingSockets(sockets: ["s": ["r"]]))
        let (one, two) = (adapter(.dynamic), adapter(.dynamic))
        one.start(here)
        two.start(there)
        two.roomFollower?.occupied("r")
        one.publish(["b"], to: BroadcastOptions(rooms: ["r"]))
        #expect(there.deliveries.map(\.arguments) == [["b"]])
        #expect(asked.all.isEmpty)
        one.publish(["c"], to: BroadcastOptions(rooms: ["r", "q"]))
        #expect(there.deliveries.map(\.arguments) == [["b"], ["c"]])
        #expect(asked.all.count == 1)
    }

    @Test("no room is followed in static mode; nor, by anybody, the one in which answers come")
    func unfollowed() throws {
        #expect(adapter(.static).roomFollower == nil)
        let tag = try #require(NodeTag("AAAAAA"))
        let adapter = ShardedAdapterFactory(bus: bus, members: FakeMembers(tag)).makeAdapter(namespace: "/")
        let follower = try #require(adapter.roomFollower)
        #expect(!follower.follows(tag.shardedUID, isSocketID: false))
        #expect(follower.follows("r", isSocketID: false))
    }

    @Test("a room whose channel is also the one of a namespace takes nothing away from it")
    func sharedChannel() {
        let factory = ShardedAdapterFactory(bus: bus)
        let (short, long) = (factory.makeAdapter(namespace: "/a"), factory.makeAdapter(namespace: "/a#b"))
        let sockets = RecordingSockets("/a#b", sockets: ["s": []])
        short.start(RecordingSockets("/a"))
        long.start(sockets)
        let sender = adapter(.dynamic, namespace: "/a#b")
        short.roomFollower?.occupied("b")
        sender.publish(["1"], to: BroadcastOptions())
        short.roomFollower?.vacated("b")
        sender.publish(["2"], to: BroadcastOptions())
        #expect(sockets.deliveries.map(\.arguments) == [["1"], ["2"]])
    }

    @Test("requests of peers are answered where the peers listen")
    func peer() {
        let answers = Recorder<String>()
        bus.subscribe("socket.io#/#ac8b93ce33e38b2f#") { _, payload in answers.record(String(buffer: payload)) }
        let local = RecordingSockets(sockets: ["s": ["r"]], serverAnswer: 7)
        let adapter = adapter(.dynamic)
        adapter.start(local)
        let options = #""opts":{"rooms":[],"except":[],"flags":{"timeout":1000}}"#
        for body in [
            #""type":9,"data":{"requestId":"x","packet":["hello"]}"#, #""type":4,"data":{\#(options),"rooms":["q"]}"#,
            #""type":3,"data":{"packet":{"type":2,"data":["ask"]},"requestId":"y",\#(options)}"#,
        ] {
            bus.publish("socket.io#/#", ByteBuffer(string: #"{\#(body),"uid":"ac8b93ce33e38b2f","nsp":"/"}"#))
        }
        // What comes before the sender's id, which is random.
        #expect(
            answers.all.map { $0.prefix { $0 != "}" } + "}" } == [
                #"{"type":10,"data":{"requestId":"x","packet":7}"#,
                #"{"type":11,"data":{"requestId":"y","clientCount":1}"#,
                #"{"type":12,"data":{"requestId":"y","packet":"s"}"#,
            ])
        #expect(local.sockets == ["s": ["s", "r", "q"]])
    }
}
