public import Adapter
import Cluster
import Logging
public import SocketIO

extension Namespace {
    /// Describes the sockets of the namespace on all nodes.
    /// - Returns: the sockets; `expected` and `missing` count the other nodes, `silent`
    ///   names those that did not answer, and why.
    public func fetchSockets() async -> ClusterAnswer<RemoteSocket> { await fetchSockets(BroadcastOptions()) }

    /// Lists the rooms of the namespace on all nodes, socket ids included.
    /// - Returns: the names, each once; `expected` and `missing` count the other nodes, `silent`
    ///   names those that did not answer, and why.
    public func allRooms() async -> ClusterAnswer<String> {
        async let remote = adapter.allRooms()
        let local = await withCheckedContinuation { continuation in
            rooms { continuation.resume(returning: $0) }
        }
        var answer = await remote
        answer.elements = Array(local.union(answer.elements))
        return answer
    }

    /// Makes all sockets of the namespace join rooms, on all nodes.
    /// - Parameter rooms: the rooms to join.
    public func socketsJoin(_ rooms: String...) {
        everybody.socketsJoin(rooms)
    }

    /// Makes all sockets of the namespace leave rooms, on all nodes.
    /// - Parameter rooms: the rooms to leave.
    public func socketsLeave(_ rooms: String...) {
        everybody.socketsLeave(rooms)
    }

    /// Disconnects all sockets of the namespace, on all nodes.
    /// - Parameter close: whether their sessions end too.
    public func disconnectSockets(close: Bool = false) { everybody.disconnectSockets(close: close) }

    /// Sends an event to the other *servers*; see ``onServerEvent(_:_:)``.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func serverSideEmit(_ event: String, _ arguments: Value...) {
        serverSideEmit(event, arguments: Arguments(arguments))
    }

    /// Sends an event to the other *servers* with arguments as they are.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func serverSideEmit(_ event: String, arguments: Arguments) {
        guard allowsServerSide(event) else { return }
        adapter.serverSideEmit(Arguments(event: EventName(event), arguments))
    }

    /// Sends an event to the other *servers* and collects their answers, one value each.
    /// - Parameters:
    ///   - event: name of the event; with a reserved name, which is logged, nothing is sent and nobody answers.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait.
    /// - Returns: the answers; `expected` and `missing` count the other nodes, `silent`
    ///   names those that did not answer, and why.
    public func serverSideEmitWithAcknowledgement(
        _ event: String, _ arguments: Value..., timeout: Duration = .seconds(5)
    ) async -> ClusterAnswer<Value> {
        await serverSideEmitWithAcknowledgement(event, arguments: Arguments(arguments), timeout: timeout)
    }

    /// Sends an event to the other *servers*, with arguments as they are, and collects their answers.
    /// - Parameters:
    ///   - event: name of the event; with a reserved name, which is logged, nothing is sent and nobody answers.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait.
    /// - Returns: the answers; `expected` and `missing` count the other nodes, `silent`
    ///   names those that did not answer, and why.
    public func serverSideEmitWithAcknowledgement(
        _ event: String, arguments: Arguments, timeout: Duration = .seconds(5)
    ) async -> ClusterAnswer<Value> {
        guard allowsServerSide(event) else { return ClusterAnswer() }
        return await adapter.serverSideEmit(Arguments(event: EventName(event), arguments), timeout: timeout)
    }

    /// How many nodes have this namespace.
    /// - Returns: the number, this node included.
    public func serverCount() async -> Int { await adapter.serverCount() }

    func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        async let remote = reachesOthers(options) ? adapter.fetchSockets(options) : ClusterAnswer()
        let local = await withCheckedContinuation { continuation in
            fetch(options) { continuation.resume(returning: $0) }
        }
        var answer = await remote
        answer.elements = local + answer.elements
        return answer
    }

    private func allowsServerSide(_ event: String) -> Bool {
        guard ReservedServerEvents.names.contains(event) else { return true }
        logger.warning("reserved event name, not sent", metadata: ["event": "\(event)", "namespace": "\(name)"])
        return false
    }
}
