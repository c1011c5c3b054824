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
        return await inquiry.acknowledgements(arguments, to: options, timeout: timeout)
    }

    /// Sockets of other nodes that match.
    /// - Parameter options: which.
    /// - Returns: what was answered within the configured time, and who was silent.
    public func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket> {
        guard concernsOthers(options) else { return ClusterAnswer() }
        return await inquiry.sockets(options)
    }

    /// All rooms of other nodes that have a member.
    /// - Returns: what was answered within the configured time, and who was silent; a room of several nodes comes once.
    public func allRooms() async -> ClusterAnswer<String> { await inquiry.rooms() }

    /// Sends an event to the other servers; each answers with one value.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - timeout: how long they have to answer.
    /// - Returns: what came in time, and who was silent.
    public func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value> {
        await inquiry.serverSide(arguments, timeout: timeout)
    }
}
