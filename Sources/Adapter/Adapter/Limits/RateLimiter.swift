/// Counts how often something happened, over all nodes of a cluster.
public protocol RateLimiter: Sendable {
    /// Takes tokens out of a bucket, if there are enough; a bucket that was never used is full. While the shared store is
    /// away the node counts alone, so the answer never fails and takes at most a second.
    /// - Parameters:
    ///   - tokens: how many, at least 0; with 0 it only looks whether there is one.
    ///   - key: name of the bucket, at most 200 bytes, beginning with what is limited: `support/login/203.0.113.7`.
    ///   - quota: size and refill of the bucket; the same at every call with this key.
    /// - Returns: whether there were enough tokens, and how long until there will be.
    func take(_ tokens: Int, from key: String, _ quota: RateQuota) async -> RateDecision
}

/// What became of a request for tokens.
public enum RateDecision: Sendable, Equatable {
    /// There were enough; they are gone now.
    case allowed
    /// There were not enough, and nothing was taken.
    case limited(retryAfter: Duration)
}
