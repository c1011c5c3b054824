public import SocketIO

/// What a node answers to a ``NodeRequest``, in whatever format it is written.
public enum NodeAnswer: Sendable, Equatable {
    /// It was done (to classic types 2, 3 and 4 of old peers).
    case done
    /// Rooms that have a member (to classic type 1).
    case rooms([String])
    /// Ids (to classic type 0) or descriptions `{id, handshake, rooms, data}` (to classic type 5, sharded type 7) of
    /// sockets.
    case sockets([Value])
    /// What a server answered to an event (to classic type 6, sharded type 9).
    case serverSideEmit(Value)
    /// To how many clients the event went (classic type 8, sharded type 11).
    case clientCount(Int)
    /// What a client acknowledged (classic type 9, sharded type 12).
    case acknowledgement(Value)
}
