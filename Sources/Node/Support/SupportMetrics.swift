/// What the support chat has done on this node since its start.
public struct SupportMetrics: Sendable, Equatable {
    /// Sockets that are connected now.
    public var sockets = 0
    /// Messages stored.
    public var stored = 0
    /// Messages that a client sent again and that were stored already.
    public var repeated = 0
    /// Events refused, by reason.
    public var refused: [SupportRefusal: Int] = [:]
    /// Connections refused by authentication, by the text that the client got.
    public var authenticationFailures = Dictionary(
        uniqueKeysWithValues: SupportAuthenticationError.messages.map { ($0, 0) })
    /// Messages removed because they were too old.
    public var removed = 0
}
