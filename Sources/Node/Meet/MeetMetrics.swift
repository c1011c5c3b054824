public import Figures

/// What *meet* has done on this node since its start, and the online count of the cluster.
public struct MeetMetrics: Sendable, Equatable {
    /// Sockets of the cluster that are connected now.
    public var online = 0
    /// Chats that began for a participant of this node; a pair with both members here counts twice.
    public var chats = 0
    /// Participants of this node that wait for a partner now.
    public var waiting = 0
    /// How long the one of them waits that has waited longest; zero if nobody waits.
    public var longestWait = Duration.zero
    /// Participants of this node that are in a chat now; all nodes together, twice the number of pairs.
    public var chatting = 0
    /// How long participants of this node waited for a partner, from their request, in seconds.
    public var matchTimes = Histogram(.waits)
    /// Text messages accepted from clients of this node.
    public var messages = 0
    /// Offers, answers and candidates accepted from clients of this node.
    public var signals = 0
    /// Events refused, by reason.
    public var refused: [Refusal: Int] = [:]
    /// Connections refused by authentication.
    public var authenticationFailures = 0
}
