/// What the calls of one store came to since the start of the process.
public struct StoreMetrics: Sendable, Equatable {
    /// Calls that ended, well or not.
    public var calls = 0
    /// Those that ended with ``StoreError/unavailable``.
    public var failures = 0
    /// Time that the calls took in all, waiting included. Divided by ``calls``: the mean latency.
    public var time = Duration.zero
    /// Calls that wait or are carried out at the moment.
    public var underWay = 0
    /// Whether the call that ended last reached the database; `true` before the first.
    public var isAvailable = true

    /// Nothing has happened.
    public init() {}
}
