/// What *meet* has done on this node since its start, and the online count of the cluster.
public struct MeetMetrics: Sendable, Equatable {
    /// Sockets of the cluster that are connected now.
    public var online = 0
    /// Chats that began for a participant of this node; a pair with both members here counts twice.
    public var chats = 0
    /// Text messages accepted from clients of this node.
    public var messages = 0
    /// Offers, answers and candidates accepted from clients of this node.
    public var signals = 0
    /// Events refused, by reason.
    public var refused: [Refusal: Int] = [:]
    /// Connections refused by authentication.
    public var authenticationFailures = 0
}
