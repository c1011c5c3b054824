public import Cluster
public import SocketIO

extension ClassicAdapter {
    /// Sends an event to the matching sockets of other nodes and collects their acknowledgements.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to.
    ///   - timeout: how long clients have to acknowledge.
    /// - Returns: what came in time. `expected` and `missing` count clients; a node that did not tell how many it has
    ///   counts as one.
    public func publishExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value> {
        guard concernsOthers(options) else { return ClusterAnswer() }
        let others = await otherNodes()
        let empty = AcknowledgementCollection(nodes: others.count)
        guard others.isKnown, others.count > 0 else { return empty.answer }
        let id = Self.newID()
        return await pending.collect(
            id, into: empty, timeout: timeout, isComplete: \.isComplete,
            ask: { ask(.broadcast(arguments, options, timeout: timeout), requestID: id) },
            receive: { body, collection in
                switch body {
                case .clientCount(let count): collection.received(clientCount: count)
                case .acknowledgement(let value): collection.received(value)
                default: break
                }
            }
        ).answer
    }

    /// Sockets of other nodes that match.
    /// - Parameter options: which.
    /// - Returns: what was answered within the configured time.
    public func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        guard concernsOthers(options) else { return ClusterAnswer() }
        return await collect(.fetchSockets(options)) { (body) -> [RemoteSocket]? in
            guard case .sockets(let sockets) = body else { return nil }
            return sockets.compactMap { RemoteSocket($0) }
        }
    }

    /// All rooms of other nodes that have a member.
    /// - Returns: what was answered within the configured time; a room of several nodes comes once.
    public func allRooms() async -> ClusterAnswer<String> {
        var answer = await collect(.allRooms) { (body) -> [String]? in
            guard case .rooms(let rooms) = body else { return nil }
            return rooms
        }
        var seen: Set<String> = []
        answer.elements.removeAll { !seen.insert($0).inserted }
        return answer
    }

    /// Sends an event to the other servers; each answers with one value.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - timeout: how long they have to answer.
    /// - Returns: what came in time.
    public func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> {
        await collect(.serverSideEmit(arguments), timeout: timeout) { (body) -> [Value]? in
            guard case .serverSideEmit(let value) = body else { return nil }
            return [value]
        }
    }

    /// Asks all other nodes; each answers once.
    private func collect<Element: Sendable>(
        _ kind: ClassicRequest.Kind, timeout: Duration? = nil,
        elements: @escaping @Sendable (ClassicResponse.Body) -> [Element]?
    ) async -> ClusterAnswer<Element> {
        let others = await otherNodes()
        let empty = AnswerCollection<Element>(nodes: others.count)
        guard others.isKnown, others.count > 0 else { return empty.answer }
        let id = Self.newID()
        return await pending.collect(
            id, into: empty, timeout: timeout ?? configuration.requestsTimeout, isComplete: \.isComplete,
            ask: { ask(kind, requestID: id) },
            receive: { body, collection in
                if let new = elements(body) { collection.received(new) }
            }
        ).answer
    }
}
