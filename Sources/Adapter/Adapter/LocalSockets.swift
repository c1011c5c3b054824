public import Cluster
public import SocketIO

/// One namespace's sockets on this node, as the adapter reaches them. SocketServer implements it.
///
/// Methods may be called from any thread; calls from one thread take effect in order.
public protocol LocalSockets: Sendable {
    /// Name of the namespace, with its leading slash.
    var namespaceName: String { get }
    /// Whether an event for a room may concern anybody here: asked before the event is decoded.
    /// - Parameter room: its name; ids of sockets are rooms too.
    /// - Returns: `false` only if nobody here would get it, after everything that was called from this thread before.
    func mayHaveMembers(of room: String) -> Bool
    /// Delivers an event to the matching local sockets.
    func deliver(_ arguments: Arguments, to options: BroadcastOptions)
    /// Delivers an event that local clients shall acknowledge.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to.
    ///   - timeout: acknowledgements that come later are ignored.
    ///   - clientCount: called once, with the number of matching sockets (0 included).
    ///   - acknowledgement: called once for each acknowledgement, with its first argument.
    func deliverExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration,
        clientCount: @escaping @Sendable (Int) -> Void, acknowledgement: @escaping @Sendable (Value) -> Void)
    /// Describes the matching local sockets.
    func fetch(_ options: BroadcastOptions, completion: @escaping @Sendable ([RemoteSocket]) -> Void)
    /// Lists the rooms that have a local member.
    func rooms(completion: @escaping @Sendable (Set<String>) -> Void)
    /// Makes matching local sockets join rooms.
    func join(_ rooms: [String], _ options: BroadcastOptions)
    /// Makes matching local sockets leave rooms.
    func leave(_ rooms: [String], _ options: BroadcastOptions)
    /// Disconnects matching local sockets.
    func disconnect(_ options: BroadcastOptions, close: Bool)
    /// An event from another server.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - acknowledge: when the sender wants an answer: to be called at most once, with one value.
    func receivedServerSide(_ arguments: Arguments, acknowledge: (@Sendable (Value) -> Void)?)
}
