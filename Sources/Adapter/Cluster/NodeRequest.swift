public import SocketIO

/// What a node asks of the others, in whatever format it is written.
public enum NodeRequest: Sendable, Equatable {
    /// Ids of matching sockets (classic type 0, only of old peers).
    case sockets(BroadcastOptions)
    /// Rooms that have a member (classic type 1).
    case allRooms
    /// Matching sockets shall join rooms (classic type 2, sharded type 4).
    case join([String], BroadcastOptions)
    /// Matching sockets shall leave rooms (classic type 3, sharded type 5).
    case leave([String], BroadcastOptions)
    /// Matching sockets shall be disconnected (classic type 4, sharded type 6).
    case disconnect(BroadcastOptions, close: Bool)
    /// Descriptions of matching sockets (classic type 5, sharded type 7).
    case fetchSockets(BroadcastOptions)
    /// An event for the servers; answered if there is a request id (classic type 6, sharded type 9).
    case serverSideEmit(Arguments)
    /// An event for clients that shall acknowledge it (classic type 7, sharded type 3 with a request id).
    case broadcast(Arguments, BroadcastOptions, timeout: Duration?)
}
