public import Figures

/// What the calls of one store came to since the start of the process.
public struct StoreMetrics: Sendable, Equatable {
    /// Calls that ended, well or not.
    public var calls = 0
    /// Those that ended with ``StoreError/unavailable``.
    public var failures = 0
    /// How long calls took, waiting included, in seconds; without those that failed at once because too many were under
    /// way.
    public var times = Histogram(.work)
    /// Calls that wait or are carried out at the moment.
    public var underWay = 0
    /// Whether the call that ended last reached the database; `true` before the first.
    public var isAvailable = true

    /// Nothing has happened.
    public init() {}
}
