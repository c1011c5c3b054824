public import Adapter
public import Cluster
public import NIOCore
public import SocketIO
import TestSupport
import Testing

/// One node of a test cluster.
public struct ConformanceNode: Sendable {
    /// Makes the adapters under test.
    public var factory: any AdapterFactory
    /// The node; ids of its sockets begin with it.
    public var tag: NodeTag
    /// What joins it with the other nodes.
    public var bus: any Bus
    /// What a node of another kind publishes on `socket.io#/#` to send an event to everybody.
    public var foreign: @Sendable (Arguments) -> ByteBuffer

    /// Describes a node.
    /// - Parameters:
    ///   - factory: makes the adapters under test.
    ///   - tag: the node.
    ///   - bus: what joins it with the other nodes.
    ///   - foreign: writes an event for everybody as a node of another kind would. Default: in the classic format.
    public init(
        factory: any AdapterFactory, tag: NodeTag, bus: any Bus,
        foreign: @escaping @Sendable (Arguments) -> ByteBuffer = ConformanceNode.classic
    ) {
        self.factory = factory
        self.tag = tag
        self.bus = bus
        self.foreign = foreign
    }

    /// Writes an event for everybody in the classic format.
    /// - Parameter arguments: event name and arguments.
    /// - Returns: the payload.
    public static func classic(_ arguments: Arguments) -> ByteBuffer {
        ClassicBroadcast(arguments: arguments, options: BroadcastOptions()).encoded(uid: "foreig", namespace: "/")
    }

    /// Writes an event for everybody in the sharded format.
    /// - Parameter arguments: event name and arguments.
    /// - Returns: the payload.
    public static func sharded(_ arguments: Arguments) -> ByteBuffer {
        let message = ShardedMessage(uid: "f0re1gn000000000", content: .broadcast(arguments, BroadcastOptions()))
        return message.encoded(namespace: "/") ?? ByteBuffer()
    }

    /// Waits until everything has been subscribed that was asked for before.
    func settle() async throws {
        let channel = "settled \(tag)"
        let last = bus.subscribe(channel) { _, _ in }
        try #require(await eventually { await bus.subscriberCount(channel) == 1 }, "the bus does not subscribe")
        last.cancel()
    }

    /// The id of a socket of this node: as long as real ones are.
    func socket(_ name: Character) -> String { tag.text + String(repeating: name, count: 14) }
}

/// A namespace that has been started on one node.
struct StartedNamespace: Sendable {
    var adapter: any ClusterAdapter
    var local: RecordingSockets
}

extension [ConformanceNode] {
    /// Starts a namespace on all nodes and waits until each sees the others.
    func start(_ sockets: [RecordingSockets]) async throws -> [StartedNamespace] {
        let started = zip(self, sockets).map { node, local in
            let adapter = node.factory.makeAdapter(namespace: local.namespaceName)
            adapter.start(local)
            return StartedNamespace(adapter: adapter, local: local)
        }
        for namespace in started {
            let isComplete = await eventually { await namespace.adapter.serverCount() == count }
            try #require(isComplete, "the nodes do not see each other")
        }
        for (node, namespace) in zip(self, started) {
            namespace.local.follow(namespace.adapter.roomFollower)
            try await node.settle()
        }
        return started
    }

    /// Starts `/` with the sockets `a`, in room `r`, and `b` on every node.
    func startWithTwoSocketsEach() async throws -> [StartedNamespace] {
        try await start(
            map { RecordingSockets("/", sockets: [$0.socket("a"): ["r"], $0.socket("b"): []]) })
    }
}
