import Adapter
import AdapterConformance
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

/// A bus that cannot be reached: publications vanish, nobody can be counted.
private struct BrokenBus: PrefixBus {
    func publish(_ channel: String, _ payload: ByteBuffer) {}
    @discardableResult
    func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription { BusSubscription {} }
    @discardableResult
    func subscribe(prefix: String, _ subscriber: @escaping Subscriber) -> BusSubscription { BusSubscription {} }
    func subscriberCounts(_ channels: [String]) async -> [Int]? { nil }
}

/// A bus on which everything that is published is also written down.
private final class WatchedBus: PrefixBus {
    let inner = InProcessBus()
    let published = Recorder<String>()

    func publish(_ channel: String, _ payload: ByteBuffer) {
        published.record("\(channel) \(String(buffer: payload))")
        inner.publish(channel, payload)
    }
    @discardableResult
    func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        inner.subscribe(channel, subscriber)
    }
    @discardableResult
    func subscribe(prefix: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        inner.subscribe(prefix: prefix, subscriber)
    }
    func subscriberCounts(_ channels: [String]) async -> [Int]? { await inner.subscriberCounts(channels) }
}

/// Sockets that write down what they are given to deliver.
private final class CountingSockets: LocalSockets {
    let inner: RecordingSockets
    let offered = Recorder<[String]>()
    var namespaceName: String { inner.namespaceName }

    init(sockets: [String: Set<String>]) { inner = RecordingSockets(sockets: sockets) }

    func mayHaveMembers(of room: String) -> Bool { inner.mayHaveMembers(of: room) }
    func deliver(_ arguments: Arguments, to options: BroadcastOptions) { offered.record(options.rooms) }
    func deliverExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration,
        clientCount: @escaping @Sendable (Int) -> Void, acknowledgement: @escaping @Sendable (Value) -> Void
    ) {}
    func fetch(_ options: BroadcastOptions, completion: @escaping @Sendable ([RemoteSocket]) -> Void) {}
    func rooms(completion: @escaping @Sendable (Set<String>) -> Void) {}
    func join(_ rooms: [String], _ options: BroadcastOptions) {}
    func leave(_ rooms: [String], _ options: BroadcastOptions) {}
    func disconnect(_ options: BroadcastOptions, close: Bool) {}
    func receivedServerSide(_ arguments: Arguments, acknowledge: (@Sendable (Value) -> Void)?) {}
}

@Suite struct ClassicAdapterTests {
    @Test("while the bus is out of reach, questions are answered at once with nothing")
    func outOfReach() async {
        let adapter = ClassicAdapter(namespace: "/", bus: BrokenBus())
        adapter.start(RecordingSockets())
        adapter.publish(["b"], to: BroadcastOptions())
        #expect(await adapter.serverCount() == 1)
        #expect(await adapter.fetchSockets(BroadcastOptions()).elements.isEmpty)
        let acknowledged = await adapter.publishExpectingAcknowledgements(
            ["ask"], to: BroadcastOptions(), timeout: .seconds(60))
        #expect(acknowledged.elements.isEmpty)
    }

    @Test("an event for a room without members here is not given to the namespace")
    func emptyRoom() {
        let bus = InProcessBus()
        let sockets = CountingSockets(sockets: ["a": ["full"]])
        let (sender, receiver) = (ClassicAdapter(namespace: "/", bus: bus), ClassicAdapter(namespace: "/", bus: bus))
        receiver.start(sockets)
        for rooms in [["empty"], ["full"], ["empty", "full"], [], ["a"], ["b"]] {
            sender.publish(["b"], to: BroadcastOptions(rooms: rooms))
        }
        #expect(sockets.offered.all == [["full"], ["empty", "full"], [], ["a"]])
    }

    @Test("a node that does not answer is missing after the configured time")
    func silentNode() async {
        let bus = InProcessBus()
        var configuration = ClassicConfiguration()
        configuration.requestsTimeout = .milliseconds(50)
        let adapter = ClassicAdapter(namespace: "/", bus: bus, configuration: configuration)
        adapter.start(RecordingSockets())
        bus.subscribe("socket.io-request#/#") { _, _ in }
        let sockets = await adapter.fetchSockets(BroadcastOptions())
        #expect(sockets.elements.isEmpty && sockets.expected == 1 && sockets.missing == 1)
        let acknowledged = await adapter.publishExpectingAcknowledgements(
            ["ask"], to: BroadcastOptions(), timeout: .milliseconds(50))
        #expect(acknowledged.expected == 1 && acknowledged.missing == 1)
    }

    @Test("more requests than the limit are not asked")
    func tooManyRequests() async {
        let bus = WatchedBus()
        var configuration = ClassicConfiguration()
        configuration.maxPendingRequests = 0
        let adapter = ClassicAdapter(namespace: "/", bus: bus, configuration: configuration)
        adapter.start(RecordingSockets())
        bus.subscribe("socket.io-request#/#") { _, _ in }
        let rooms = await adapter.allRooms()
        #expect(rooms.expected == 1 && rooms.missing == 1)
        #expect(bus.published.all.isEmpty)
    }

    @Test("answers go to all by default, to the asking node if so configured, and are understood either way")
    func responseChannels() async throws {
        for isSpecific in [false, true] {
            let bus = WatchedBus()
            var configuration = ClassicConfiguration()
            configuration.publishOnSpecificResponseChannel = isSpecific
            let asking = ClassicAdapter(namespace: "/", bus: bus)
            let answering = ClassicAdapter(namespace: "/", bus: bus, configuration: configuration)
            asking.start(RecordingSockets())
            answering.start(RecordingSockets(sockets: ["s": ["r"]]))
            #expect(await asking.allRooms().elements == ["r", "s"])
            #expect(await asking.serverSideEmit(["ask"], timeout: .seconds(10)).elements == ["here"])
            let answers = bus.published.all.filter { $0.hasPrefix("socket.io-response") }
            #expect(answers.count == 2)
            #expect(answers[0].hasPrefix("socket.io-response#/# ") == !isSpecific)
            #expect(answers[1].hasPrefix("socket.io-response#/# "))
        }
    }

    @Test("an emitter, which has no uid, is obeyed")
    func emitter() {
        let bus = InProcessBus()
        let local = RecordingSockets(sockets: ["s": ["r"]])
        let adapter = ClassicAdapter(namespace: "/", bus: bus)
        adapter.start(local)
        for json in [
            #"{"type":2,"opts":{"rooms":["r"],"except":[]},"rooms":["r3"]}"#,
            #"{"uid":"emitter","type":6,"data":["hello","x"]}"#,
            #"{"type":4,"opts":{"rooms":["r3"],"except":[]},"close":false}"#,
        ] {
            bus.publish("socket.io-request#/#", ByteBuffer(string: json))
        }
        #expect(local.serverEvents == [["hello", "x"]])
        #expect(local.disconnected == ["s": false])
    }

    @Test("old peers get ids of sockets, and a confirmation from the node that has the socket")
    func oldPeers() {
        let bus = InProcessBus()
        let answers = Recorder<String>()
        bus.subscribe("socket.io-response#/#") { _, payload in answers.record(String(buffer: payload)) }
        let adapter = ClassicAdapter(namespace: "/", bus: bus)
        adapter.start(RecordingSockets(sockets: ["s": []]))
        for json in [
            #"{"requestId":"a","type":0,"rooms":[]}"#, #"{"requestId":"b","type":2,"sid":"s","room":"r"}"#,
            #"{"requestId":"c","type":3,"sid":"elsewhere","room":"r"}"#, #"{"requestId":"d","type":1}"#,
        ] {
            bus.publish("socket.io-request#/#", ByteBuffer(string: json))
        }
        #expect(
            answers.all == [
                #"{"requestId":"a","sockets":["s"]}"#, #"{"requestId":"b"}"#, #"{"requestId":"d","rooms":["r","s"]}"#,
            ])
    }
}
