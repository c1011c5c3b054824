/// Whether Redis can be used. The order of the cases is from worst to best.
public enum RedisState: Int, Sendable, Comparable {
    /// At least one of the two connections is not there.
    case disconnected
    /// Both connections are there, but Redis has been silent for too long: commands fail at once.
    case unresponsive
    /// Both connections work, everything is subscribed.
    case connected

    /// Orders from worst to best.
    public static func < (one: RedisState, other: RedisState) -> Bool { one.rawValue < other.rawValue }
}
