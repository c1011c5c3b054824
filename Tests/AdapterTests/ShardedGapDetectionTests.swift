import AdapterConformance
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

@testable import Adapter

/// Two nodes with shard channels: `a` publishes, `b` may lose what it receives.
private final class Scene {
    private struct Timer {
        var delay: Duration
        var body: @Sendable () -> Void
    }

    let inner = InProcessBus()
    let bus: LossyBus
    let gaps = Recorder<PublicationGap>()
    /// Channels and payloads.
    let published = Recorder<(String, String)>()
    let tags: [NodeTag]
    let factories: [ShardedAdapterFactory]
    let sender: any ClusterAdapter
    let receiver: any ClusterAdapter
    let local = RecordingSockets(sockets: ["BBBBBB01234567890123": ["r"]])
    private let scheduled = Recorder<Timer>()
    private var taken = 0
    private var waiting: [Timer] = []

    init() throws {
        bus = LossyBus(inner)
        let tags = try ["AAAAAA", "BBBBBB"].map { try #require(NodeTag($0)) }
        self.tags = tags
        inner.subscribe(prefix: "") { [published] channel, payload in
            published.record((String(buffer: channel), String(buffer: payload)))
        }
        factories = zip(tags, [inner, bus] as [any PrefixBus]).map { [scheduled, gaps] tag, bus in
            ShardedAdapterFactory(
                bus: bus, unicast: Unicast(tag: tag) { _ in true },
                gaps: GapDetection(
                    node: tag, schedule: { scheduled.record(Timer(delay: $0, body: $1)) }, found: { gaps.record($0) }),
                members: FakeMembers(tag))
        }
        sender = factories[0].makeAdapter(namespace: "/")
        receiver = factories[1].makeAdapter(namespace: "/")
        sender.start(RecordingSockets())
        receiver.start(local)
        receiver.roomFollower?.occupied("r")
        runTimers()
    }

    /// A socket of the receiving node.
    var socket: String { "BBBBBB01234567890123" }

    func toRoom(_ count: Int = 1, _ room: String = "r") {
        for _ in 0..<count { sender.publish(["b"], to: BroadcastOptions(rooms: [room])) }
    }

    func toAll(_ count: Int = 1) {
        for _ in 0..<count { sender.publish(["a"], to: BroadcastOptions()) }
    }

    func toSocket(_ count: Int = 1) {
        for _ in 0..<count { sender.publish(["w"], to: BroadcastOptions(rooms: [socket])) }
    }

    /// Lets the time of announcements pass, or also that after which channels are forgotten.
    func runTimers(untilForgotten: Bool = false) {
        let all = scheduled.all
        let timers = waiting + all[taken...]
        taken = all.count
        waiting = timers.filter { !untilForgotten && $0.delay > .seconds(1) }
        for timer in timers where untilForgotten || timer.delay <= .seconds(1) { timer.body() }
    }

    func gap(_ missed: Int, isDirect: Bool = false) -> PublicationGap {
        PublicationGap(namespace: "/", node: tags[0], missed: missed, isDirect: isDirect)
    }

    /// Channels of what was published without an event since a moment.
    func announced(since start: Int) -> [String] {
        published.all[start...].filter { $0.1.contains(#""type":"count""#) }.map(\.0)
    }
}

@Suite struct ShardedGapDetectionTests {
    @Test("who receives everything is told nothing, and events are all that is published")
    func complete() throws {
        let scene = try Scene()
        let before = scene.published.all.count
        for _ in 0..<5 {
            scene.toRoom(3)
            scene.toAll()
            scene.toSocket(2)
            scene.runTimers()
        }
        #expect(scene.published.all.count == before + 30)
        scene.bus.comesBack()
        scene.runTimers()
        #expect(scene.gaps.all == [])
        #expect(scene.local.deliveries.count == 30)
        let (sent, received) = (scene.factories[0].metrics, scene.factories[1].metrics)
        #expect(sent.broadcasts == 20 && sent.direct == 10)
        #expect(received.received == 30 && received.missed == 0)
    }

    @Test("what was lost is told with the next event of the same channel, once")
    func nextEvent() throws {
        let scene = try Scene()
        scene.toRoom()
        scene.bus.losing {
            scene.toRoom(3)
            scene.toAll(2)
            scene.toSocket()
        }
        #expect(scene.gaps.all == [])
        scene.toRoom(2)
        #expect(scene.gaps.all == [scene.gap(3)])
        scene.toAll()
        scene.toSocket(2)
        #expect(scene.gaps.all == [scene.gap(3), scene.gap(2), scene.gap(1, isDirect: true)])
        #expect(scene.factories[1].metrics.missed == 6)
    }

    @Test("whoever comes back asks, and is told of everything that it missed, also when nothing more is sent")
    func comesBack() throws {
        let scene = try Scene()
        scene.toRoom()
        scene.bus.losing {
            scene.toRoom(2)
            scene.toAll()
            scene.toSocket(4)
            scene.runTimers()
        }
        scene.bus.comesBack()
        scene.runTimers()
        #expect(scene.gaps.all.map(\.missed).sorted() == [1, 2, 4])
        #expect(scene.gaps.all.contains(scene.gap(2)) && scene.gaps.all.contains(scene.gap(4, isDirect: true)))
        scene.bus.comesBack()
        scene.runTimers()
        #expect(scene.gaps.all.count == 3)
    }

    @Test("a node that has nobody in any room asks for no rooms; many questions get one answer")
    func answers() throws {
        let scene = try Scene()
        scene.toRoom()
        scene.receiver.roomFollower?.vacated("r")
        for _ in 0..<10 { scene.bus.comesBack() }
        let start = scene.published.all.count
        scene.runTimers()
        #expect(scene.announced(since: start).sorted() == ["socket.io#/#", "switchboard-inbox#/#BBBBBB#"])
        scene.receiver.roomFollower?.occupied("r")
        for _ in 0..<10 { scene.bus.comesBack() }
        let next = scene.published.all.count
        scene.runTimers()
        #expect(scene.announced(since: next).filter { $0 == "socket.io#/#r#" }.count == 1)
    }

    @Test("of a room that nobody was in nothing is missed; counting begins with the first event after joining")
    func joining() throws {
        let scene = try Scene()
        scene.toRoom(3, "s")
        scene.receiver.roomFollower?.occupied("s")
        scene.toRoom(1, "s")
        scene.bus.losing { scene.toRoom(2, "s") }
        scene.receiver.roomFollower?.vacated("s")
        scene.toRoom(5, "s")
        scene.receiver.roomFollower?.occupied("s")
        scene.toRoom(1, "s")
        #expect(scene.gaps.all == [])
        scene.bus.losing { scene.toRoom(2, "s") }
        scene.toRoom(1, "s")
        #expect(scene.gaps.all == [scene.gap(2)])
    }

    @Test("rooms without events are forgotten, and what is lost after that is told all the same")
    func forgotten() throws {
        let scene = try Scene()
        scene.toRoom(4)
        for _ in 0..<3 { scene.runTimers(untilForgotten: true) }
        let start = scene.published.all.count
        scene.bus.comesBack()
        scene.runTimers()
        #expect(!scene.announced(since: start).contains("socket.io#/#r#"))
        scene.bus.losing { scene.toRoom(2) }
        scene.toRoom()
        #expect(scene.gaps.all == [scene.gap(2)])
    }

    @Test("a namespace that begins anew under the same name counts anew")
    func ends() throws {
        let scene = try Scene()
        scene.toRoom(3)
        scene.sender.stop()
        let next = scene.factories[0].makeAdapter(namespace: "/")
        next.start(RecordingSockets())
        for _ in 0..<2 { next.publish(["b"], to: BroadcastOptions(rooms: ["r"])) }
        scene.runTimers()
        #expect(scene.gaps.all == [])
    }

    @Test("two namespaces that share a channel are counted apart")
    func sharedChannel() throws {
        let scene = try Scene()
        let others = scene.factories.map { $0.makeAdapter(namespace: "/#r") }
        for other in others { other.start(RecordingSockets()) }
        for round in 0..<4 {
            scene.toRoom()
            for _ in 0...round { others[0].publish(["c"], to: BroadcastOptions()) }
        }
        scene.runTimers()
        #expect(scene.gaps.all == [])
        #expect(scene.factories[1].metrics.received == 14)
    }

    @Test("without detection nothing is asked, and events are as Node.js servers publish them")
    func off() {
        let bus = InProcessBus()
        let published = Recorder<String>()
        bus.subscribe(prefix: "") { _, payload in published.record(String(buffer: payload)) }
        let adapters = (0..<2).map { _ in ShardedAdapterFactory(bus: bus).makeAdapter(namespace: "/") }
        for adapter in adapters { adapter.start(RecordingSockets()) }
        #expect(published.all == [])
        adapters[0].publish(["b"], to: BroadcastOptions())
        #expect(published.all.count == 1 && !published.all[0].contains("count"))
    }
}
