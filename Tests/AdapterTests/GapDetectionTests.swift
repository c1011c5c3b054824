import AdapterConformance
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

@testable import Adapter

/// Two nodes: `a` publishes, `b` may lose what it receives.
private final class Scene {
    let inner = InProcessBus()
    let bus: LossyBus
    let timers = Recorder<@Sendable () -> Void>()
    let gaps = Recorder<PublicationGap>()
    let said = Recorder<String>()
    let tags: [NodeTag]
    let factories: [ClassicAdapterFactory]
    let sender: any ClusterAdapter
    let receiver: any ClusterAdapter
    private var ran = 0

    init() throws {
        bus = LossyBus(inner)
        let tags = try ["AAAAAA", "BBBBBB"].map { try #require(NodeTag($0)) }
        self.tags = tags
        inner.subscribe("switchboard-counts#/#") { [said] _, payload in said.record(String(buffer: payload)) }
        factories = zip(tags, [inner, bus] as [any PrefixBus]).map { [timers, gaps] tag, bus in
            ClassicAdapterFactory(
                bus: bus, unicast: Unicast(tag: tag) { _ in true },
                gaps: GapDetection(
                    node: tag, schedule: { timers.record($1) }, found: { gaps.record($0) }))
        }
        sender = factories[0].makeAdapter(namespace: "/")
        receiver = factories[1].makeAdapter(namespace: "/")
        sender.start(RecordingSockets())
        receiver.start(RecordingSockets(sockets: [socket: ["r"]]))
        runTimers()
    }

    /// A socket of the receiving node.
    var socket: String { "BBBBBB01234567890123" }

    func broadcast(_ count: Int = 1) {
        for _ in 0..<count { sender.publish(["b"], to: BroadcastOptions(rooms: ["r"])) }
    }

    func whisper(_ count: Int = 1) {
        for _ in 0..<count { sender.publish(["w"], to: BroadcastOptions(rooms: [socket])) }
    }

    func runTimers() {
        let all = timers.all
        let due = all[ran...]
        ran = all.count
        for timer in due { timer() }
    }

    func gap(_ missed: Int, isDirect: Bool) -> PublicationGap {
        PublicationGap(namespace: "/", node: tags[0], missed: missed, isDirect: isDirect)
    }
}

@Suite struct GapDetectionTests {
    @Test("who receives everything is told nothing, and what is counted is what was published")
    func complete() throws {
        let scene = try Scene()
        for _ in 0..<5 {
            scene.broadcast(3)
            scene.whisper(2)
            scene.runTimers()
        }
        scene.bus.comesBack()
        scene.runTimers()
        #expect(scene.gaps.all == [])
        let (sent, received) = (scene.factories[0].metrics, scene.factories[1].metrics)
        #expect(sent.broadcasts == 15 && sent.direct == 10)
        #expect(received.received == 25 && received.missed == 0)
    }

    @Test("lost broadcasts are told with the next announcement, once")
    func broadcasts() throws {
        let scene = try Scene()
        scene.broadcast(2)
        scene.bus.losing { scene.broadcast(3) }
        #expect(scene.gaps.all == [])
        scene.runTimers()
        #expect(scene.gaps.all == [scene.gap(3, isDirect: false)])
        scene.broadcast()
        scene.runTimers()
        #expect(scene.gaps.all.count == 1)
        #expect(scene.factories[1].metrics.missed == 3)
    }

    @Test("lost events for single sockets are told with the next such event")
    func direct() throws {
        let scene = try Scene()
        scene.whisper()
        scene.bus.losing { scene.whisper(4) }
        scene.whisper(2)
        #expect(scene.gaps.all == [scene.gap(4, isDirect: true)])
    }

    @Test("whoever comes back asks, and is told of everything that it missed, also when nothing more is sent")
    func comesBack() throws {
        let scene = try Scene()
        scene.bus.losing {
            scene.broadcast(2)
            scene.whisper()
            scene.runTimers()
        }
        #expect(scene.gaps.all == [])
        scene.bus.comesBack()
        scene.runTimers()
        #expect(scene.gaps.all == [scene.gap(2, isDirect: false), scene.gap(1, isDirect: true)])
    }

    @Test("many questions get one answer; many broadcasts one announcement; silence costs nothing")
    func costs() throws {
        let scene = try Scene()
        let before = scene.said.all.count
        scene.broadcast(1_000)
        scene.runTimers()
        scene.runTimers()
        #expect(scene.said.all.count == before + 1)
        scene.whisper(1_000)
        scene.runTimers()
        #expect(scene.said.all.count == before + 1)
        for _ in 0..<10 { scene.inner.publish("switchboard-counts#/#", ByteBuffer(string: "again")) }
        scene.runTimers()
        #expect(scene.said.all.count == before + 11 + 2, "one of each node")
    }

    @Test("a namespace that ends is not missed, and one that begins anew begins anew")
    func ends() throws {
        let scene = try Scene()
        scene.broadcast()
        scene.sender.stop()
        let next = scene.factories[0].makeAdapter(namespace: "/")
        next.start(RecordingSockets())
        next.publish(["b"], to: BroadcastOptions())
        scene.runTimers()
        #expect(scene.gaps.all == [])
    }

    @Test("without detection nothing is said, and single sockets are reached all the same")
    func off() throws {
        let bus = InProcessBus()
        let channels = Recorder<String>()
        bus.subscribe(prefix: "") { channel, _ in channels.record(String(buffer: channel)) }
        let tags = try ["AAAAAA", "BBBBBB"].map { try #require(NodeTag($0)) }
        let adapters = tags.map { tag in
            ClassicAdapter(namespace: "/", bus: bus, unicast: Unicast(tag: tag) { _ in true })
        }
        let local = RecordingSockets(sockets: ["BBBBBB01234567890123": []])
        adapters[0].start(RecordingSockets())
        adapters[1].start(local)
        for _ in 0..<3 { adapters[0].publish(["w"], to: BroadcastOptions(rooms: ["BBBBBB01234567890123"])) }
        #expect(local.deliveries.count == 3)
        #expect(Set(channels.all) == ["switchboard-inbox#/#BBBBBB#"])
    }
}
