import Synchronization

/// Counts for this process alone: for a node without a cluster, and for one that cannot reach what it shares with others.
///
/// ```swift
/// let limiter = InProcessRateLimiter()
/// let quota = RateQuota(burst: 3, refill: .seconds(300))
/// if case .limited(let wait) = await limiter.take(1, from: "support/login/203.0.113.7", quota) { refuse(wait) }
/// ```
public final class InProcessRateLimiter: RateLimiter {
    private let buckets: Mutex<RateBuckets>
    private let now: @Sendable () -> Duration

    /// Creates a limiter whose buckets are all full.
    /// - Parameters:
    ///   - capacity: most buckets that are remembered, at least 2; those used longest ago are forgotten, that is full
    ///     again. Default 100,000.
    ///   - now: the time since any fixed instant; must not run backwards. Default is the continuous clock.
    public init(capacity: Int = 100_000, now: @escaping @Sendable () -> Duration = InProcessMatchmaker.clock()) {
        buckets = Mutex(RateBuckets(capacity: capacity))
        self.now = now
    }

    /// Takes tokens out of a bucket, if there are enough. Never suspends.
    /// - Parameters:
    ///   - tokens: how many, at least 0; with 0 it only looks whether there is one.
    ///   - key: name of the bucket.
    ///   - quota: size and refill of the bucket; the same at every call with this key.
    /// - Returns: whether there were enough tokens, and how long until there will be.
    public func take(_ tokens: Int, from key: String, _ quota: RateQuota) async -> RateDecision {
        // The time is read under the lock, so that it never runs backwards for a bucket.
        buckets.withLock { $0.take(tokens, from: key, quota, now: now()) }
    }
}
