public import Adapter
import Cluster
public import SocketIO

/// Many sockets of a namespace, on all nodes, and what can be done with them at once.
///
/// A value: each modifier gives a new one. May be used from any thread. An event is encoded once for all receivers.
///
/// ```swift
/// namespace.to("news", "sports").except("muted").emit("headline", "Hello")
/// let answers = await namespace.to("players").timeout(.seconds(2)).emitWithAcknowledgement("ready?")
/// ```
public struct BroadcastOperator: Sendable {
    let namespace: Namespace
    var options: BroadcastOptions
    var timeout: Duration = .seconds(5)

    init(namespace: Namespace, options: BroadcastOptions = BroadcastOptions()) {
        self.namespace = namespace
        self.options = options
    }

    // MARK: Modifiers

    /// Adds target rooms. Several rooms mean their union, each member once.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: the narrowed (or, after another `to`, widened) operator.
    public func to(_ rooms: String...) -> BroadcastOperator { to(rooms) }

    /// Adds target rooms.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: the changed operator.
    public func to(_ rooms: [String]) -> BroadcastOperator { with { $0.options.rooms += rooms } }

    /// Leaves members of rooms out.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: the changed operator.
    public func except(_ rooms: String...) -> BroadcastOperator { except(rooms) }

    /// Leaves members of rooms out.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: the changed operator.
    public func except(_ rooms: [String]) -> BroadcastOperator { with { $0.options.except += rooms } }

    /// Only the sockets of this node.
    public var local: BroadcastOperator { with { $0.options.flags.local = true } }

    /// Receivers that cannot take an event at once lose it.
    public var volatile: BroadcastOperator { with { $0.options.flags.volatile = true } }

    /// Says whether events may be compressed, on all nodes. Without it they may be.
    /// - Parameter compress: whether they may be.
    /// - Returns: the changed operator.
    public func compress(_ compress: Bool) -> BroadcastOperator { with { $0.options.flags.compress = compress } }

    /// Sets how long acknowledgements are waited for. Default: 5 seconds.
    /// - Parameter timeout: the time.
    /// - Returns: the changed operator.
    public func timeout(_ timeout: Duration) -> BroadcastOperator { with { $0.timeout = timeout } }

    private func with(_ change: (inout BroadcastOperator) -> Void) -> BroadcastOperator {
        var changed = self
        change(&changed)
        return changed
    }

    // MARK: Actions

    /// Sends an event. What one handler sends to one receiver arrives in order.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) {
        namespace.broadcast(event, Arguments(arguments), to: options)
    }

    /// Sends an event with arguments as they are; received ones are forwarded without decoding.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        namespace.broadcast(event, arguments, to: options)
    }

    /// Sends an event and collects the clients' acknowledgements until all have come or the time is over.
    /// - Parameters:
    ///   - event: name of the event; with a reserved name, which is logged, nothing is sent and nobody answers.
    ///   - arguments: the arguments.
    /// - Returns: the first argument of each acknowledgement; `expected` counts clients.
    public func emitWithAcknowledgement(_ event: String, _ arguments: Value...) async -> ClusterAnswer<Value> {
        await emitWithAcknowledgement(event, arguments: Arguments(arguments))
    }

    /// Sends an event with arguments as they are and collects the clients' acknowledgements.
    /// - Parameters:
    ///   - event: name of the event; with a reserved name, which is logged, nothing is sent and nobody answers.
    ///   - arguments: the arguments.
    /// - Returns: the first argument of each acknowledgement; `expected` counts clients.
    public func emitWithAcknowledgement(_ event: String, arguments: Arguments) async -> ClusterAnswer<Value> {
        await namespace.broadcastExpectingAcknowledgements(event, arguments, to: options, timeout: timeout)
    }

    /// Describes the matching sockets of all nodes.
    /// - Returns: the sockets; `expected` and `missing` count the other nodes, `silent`
    ///   names those that did not answer, and why.
    public func fetchSockets() async -> ClusterAnswer<RemoteSocket> {
        await namespace.fetchSockets(options)
    }

    /// Makes the matching sockets join rooms, on all nodes. One at its limit of rooms stays out; that is logged.
    /// - Parameter rooms: the rooms to join.
    public func socketsJoin(_ rooms: String...) { socketsJoin(rooms) }

    /// Makes the matching sockets join rooms, on all nodes. One at its limit of rooms stays out; that is logged.
    /// - Parameter rooms: the rooms to join.
    public func socketsJoin(_ rooms: [String]) {
        if namespace.reachesOthers(options) { namespace.adapter.join(rooms, options) }
        namespace.join(rooms, options)
    }

    /// Makes the matching sockets leave rooms, on all nodes.
    /// - Parameter rooms: the rooms to leave.
    public func socketsLeave(_ rooms: String...) { socketsLeave(rooms) }

    /// Makes the matching sockets leave rooms, on all nodes.
    /// - Parameter rooms: the rooms to leave.
    public func socketsLeave(_ rooms: [String]) {
        if namespace.reachesOthers(options) { namespace.adapter.leave(rooms, options) }
        namespace.leave(rooms, options)
    }

    /// Disconnects the matching sockets, on all nodes.
    /// - Parameter close: whether their sessions end too.
    public func disconnectSockets(close: Bool = false) {
        if namespace.reachesOthers(options) { namespace.adapter.disconnect(options, close: close) }
        namespace.disconnect(options, close: close)
    }
}
