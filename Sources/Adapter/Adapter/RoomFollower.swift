/// Hears which rooms have a member on this node: the part of an adapter that subscribes to single rooms.
///
/// Calls about one room come one after the other, ``occupied(_:)`` and ``vacated(_:)`` in turn, from any thread; they must
/// not block.
public protocol RoomFollower: Sendable {
    /// Whether a room is one to be told about.
    /// - Parameters:
    ///   - room: name of the room.
    ///   - isSocketID: whether it is the room that a socket's own id is.
    /// - Returns: the same for the same room at any time.
    func follows(_ room: String, isSocketID: Bool) -> Bool
    /// A room has its first member on this node.
    /// - Parameter room: name of the room.
    func occupied(_ room: String)
    /// A room has lost its last member on this node.
    /// - Parameter room: name of the room.
    func vacated(_ room: String)
}
