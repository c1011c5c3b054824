import Adapter
import Cluster
public import SocketIO

extension Namespace {
    /// Handles a relay: called with the id of the socket that it is for, and the arguments.
    typealias RelayHandler = @Sendable (_ socketID: String, _ arguments: Arguments) -> Void

    /// Registers the handler of an event that servers send each other about one socket by ``relay(_:arguments:to:)``.
    ///
    /// Such an event is handled on the node that owns the socket and never shown to the client.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on any thread, in the order in which a node sent its relays, with the socket's id (use
    ///     ``withSocket(_:_:absent:)``; it may be gone by then) and the arguments; replaces an earlier handler of the event.
    public func onRelay(
        _ event: String, _ handler: @escaping @Sendable (_ socketID: String, _ arguments: Arguments) -> Void
    ) {
        addRelayHandler(EventName(event), handler)
    }

    /// Sends an event to the node that owns a socket. Never suspends; keeps the order of calls from one loop.
    /// - Parameters:
    ///   - event: name of the event, registered there by ``onRelay(_:_:)``.
    ///   - arguments: the arguments.
    ///   - id: the socket's id; when nobody has it, nothing happens.
    public func relay(_ event: String, arguments: Arguments, to id: String) {
        let name = EventName(event)
        if shard(of: id) != nil {
            relayHandler(name)?(id, arguments)
        } else {
            adapter.publish(Arguments(event: name, arguments), to: BroadcastOptions(rooms: [id]))
        }
    }

    /// Whether a relay to a socket would be handled on this node.
    /// - Parameter id: the socket's id.
    /// - Returns: whether it is of this node; the socket may be gone all the same.
    package func owns(_ id: String) -> Bool { shard(of: id) != nil }

    /// Whether an event is a relay to a socket of this node.
    func isRelay(_ arguments: Arguments, to options: BroadcastOptions) -> Bool {
        onlyShard(of: options) != nil && arguments.eventName.flatMap(relayHandler) != nil
    }

    /// Takes a relay out of what another node sent to one socket of ours.
    /// - Returns: whether it was one.
    func receivedRelay(_ arguments: Arguments, for id: String) -> Bool {
        guard let handler = arguments.eventName.flatMap(relayHandler) else { return false }
        handler(id, arguments.dropFirst())
        return true
    }
}
