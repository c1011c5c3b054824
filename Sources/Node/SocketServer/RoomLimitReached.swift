/// A socket cannot join a further room: it is in ``ServerConfiguration/maxRoomsPerSocket`` already.
public struct RoomLimitReached: Error, Sendable, Equatable {
    /// The limit.
    public let limit: Int
}
