/// A bucket of tokens that fills by itself. All it keeps is the moment at which it will be full again, so that many need
/// little room and no timer.
struct RateBucket: Sendable {
    /// As a distance from any fixed origin; in the past for a full bucket.
    private var fullAt: Duration?

    /// Whether nothing is missing: such a bucket need not be kept.
    /// - Parameter now: the time, since the same origin as at all other calls.
    /// - Returns: whether a new bucket would be the same.
    func isFull(now: Duration) -> Bool { fullAt.map { $0 <= now } ?? true }

    /// Takes tokens out, if there are enough.
    /// - Parameters:
    ///   - tokens: how many; with 0 it only looks whether there is one.
    ///   - quota: size and refill.
    ///   - now: the time, since the same origin as at all other calls.
    /// - Returns: whether there were enough; if not, none was taken.
    mutating func take(_ tokens: Int, _ quota: RateQuota, now: Duration) -> RateDecision {
        let tokens = min(max(tokens, 0), quota.burst + 1)
        let missing = max((fullAt ?? now) - now, .zero)
        let wait = missing + quota.refill * (max(tokens, 1) - quota.burst)
        guard wait <= .zero else { return .limited(retryAfter: wait) }
        fullAt = now + missing + quota.refill * tokens
        return .allowed
    }
}
