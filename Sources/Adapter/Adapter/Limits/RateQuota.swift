/// How often something may happen, as a bucket of tokens: at most ``burst`` at once, and one more every ``refill``.
public struct RateQuota: Sendable, Hashable {
    /// Tokens of a full bucket, 1 to 1,000,000.
    public var burst: Int
    /// Time in which one token comes back, 1 millisecond to 24 hours.
    public var refill: Duration

    /// Describes a quota.
    /// - Parameters:
    ///   - burst: tokens of a full bucket; brought into 1...1,000,000.
    ///   - refill: time in which one token comes back; brought into 1 millisecond to 24 hours.
    public init(burst: Int, refill: Duration) {
        self.burst = min(max(burst, 1), 1_000_000)
        self.refill = min(max(refill, .milliseconds(1)), .seconds(86_400))
    }
}
