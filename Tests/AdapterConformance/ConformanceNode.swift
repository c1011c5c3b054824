public import Adapter
public import Cluster
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

    /// Describes a node.
    /// - Parameters:
    ///   - factory: makes the adapters under test.
    ///   - tag: the node.
    ///   - bus: what joins it with the other nodes.
    public init(factory: any AdapterFactory, tag: NodeTag, bus: any Bus) {
        self.factory = factory
        self.tag = tag
        self.bus = bus
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
        return started
    }

    /// Starts `/` with the sockets `a`, in room `r`, and `b` on every node.
    func startWithTwoSocketsEach() async throws -> [StartedNamespace] {
        try await start(
            map { RecordingSockets("/", sockets: [$0.socket("a"): ["r"], $0.socket("b"): []]) })
    }
}
