import Cluster
import SocketIO

/// Puts questions to the other nodes of a namespace and collects what they answer, in whatever format they are written.
struct Inquiry: Sendable {
    let rollCall: RollCall
    let pending: PendingRequests
    /// How long nodes have to answer.
    let timeout: Duration
    let newID: @Sendable () -> String
    /// Publishes a request with its id.
    let ask: @Sendable (NodeRequest, String) -> Void

    /// Sends an event to clients and collects their acknowledgements.
    func acknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        let collection = AcknowledgementCollection(await rollCall.respondents())
        let id = newID()
        return await pending.collect(
            id, into: collection, timeout: timeout,
            ask: { ask(.broadcast(arguments, options, timeout: timeout), id) }
        ).answer
    }

    /// Descriptions of matching sockets.
    func sockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        await collect(.fetchSockets(options)) { answer in
            guard case .sockets(let sockets) = answer else { return nil }
            return sockets.compactMap { RemoteSocket($0) }
        }
    }

    /// All rooms, each once.
    func rooms() async -> ClusterAnswer<String> {
        let answer = await collect(.allRooms) { (answer) -> [String]? in
            guard case .rooms(let rooms) = answer else { return nil }
            return rooms
        }
        return answer.unique
    }

    /// What other servers answer to an event.
    func serverSide(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> {
        await collect(.serverSideEmit(arguments), timeout: timeout) { answer in
            guard case .serverSideEmit(let value) = answer else { return nil }
            return [value]
        }
    }

    /// Asks all other nodes; each answers once.
    private func collect<Element: Sendable>(
        _ request: NodeRequest, timeout: Duration? = nil, read: @escaping @Sendable (NodeAnswer) -> [Element]?
    ) async -> ClusterAnswer<Element> {
        let collection = AnswerCollection(await rollCall.respondents(), read: read)
        let id = newID()
        return await pending.collect(
            id, into: collection, timeout: timeout ?? self.timeout, ask: { ask(request, id) }
        ).answer
    }
}

extension ClusterAnswer<String> {
    /// The same answer with every element once.
    var unique: ClusterAnswer<String> {
        var answer = self
        var seen: Set<String> = []
        answer.elements.removeAll { !seen.insert($0).inserted }
        return answer
    }
}
