import Cluster
import SocketIO

/// Makes the adapters of a node that runs alone: there are no other nodes, so they do nothing.
public struct SingleNodeAdapterFactory: AdapterFactory {
    /// Creates the factory.
    public init() {}

    /// Makes the adapter of a namespace.
    /// - Parameter namespace: its name; makes no difference.
    /// - Returns: an adapter that answers nothing.
    public func makeAdapter(namespace: String) -> any ClusterAdapter { SingleNodeAdapter() }
}

private struct SingleNodeAdapter: ClusterAdapter {
    func start(_ local: any LocalSockets) {}
    func stop() {}
    func publish(_ arguments: Arguments, to options: BroadcastOptions) {}
    func publishExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> { ClusterAnswer() }
    func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> { ClusterAnswer() }
    func allRooms() async -> ClusterAnswer<String> { ClusterAnswer() }
    func join(_ rooms: [String], _ options: BroadcastOptions) {}
    func leave(_ rooms: [String], _ options: BroadcastOptions) {}
    func disconnect(_ options: BroadcastOptions, close: Bool) {}
    func serverSideEmit(_ arguments: Arguments) {}
    func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> { ClusterAnswer() }
    func serverCount() async -> Int { 1 }
}
