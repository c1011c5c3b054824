import Adapter
import Synchronization

/// Buckets that never fill again.
final class CountingLimiter: RateLimiter {
    private let taken = Mutex<[String: Int]>([:])

    func take(_ tokens: Int, from key: String, _ quota: RateQuota) async -> RateDecision {
        taken.withLock { taken in
            let used = taken[key, default: 0]
            guard used + max(tokens, 1) <= quota.burst else { return .limited(retryAfter: quota.refill) }
            taken[key] = used + tokens
            return .allowed
        }
    }

    var keys: [String] { taken.withLock { $0.keys.sorted() } }
}
