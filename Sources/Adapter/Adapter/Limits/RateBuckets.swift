/// A bucket for each name that was used lately.
///
/// The table is bounded. Names are kept in two generations: when the younger one is full the older one is forgotten, so
/// that those used longest ago go first, at no cost per name. Who is forgotten starts with a full bucket, which is no
/// gain for somebody who has that many names.
struct RateBuckets: Sendable {
    private let generationSize: Int
    private var young: [String: RateBucket] = [:]
    private var old: [String: RateBucket] = [:]

    /// An empty table.
    /// - Parameter capacity: most names that are remembered; at least 2.
    init(capacity: Int) {
        generationSize = max(1, capacity / 2)
    }

    /// How many names are remembered.
    var count: Int { young.count + old.count }

    /// Takes tokens out of a bucket, as ``RateBucket/take(_:_:now:)`` does.
    mutating func take(_ tokens: Int, from key: String, _ quota: RateQuota, now: Duration) -> RateDecision {
        if young[key] == nil {
            if young.count >= generationSize {
                old = young
                young = [:]
            }
            young[key] = old.removeValue(forKey: key) ?? RateBucket()
        }
        return young[key, default: RateBucket()].take(tokens, quota, now: now)
    }
}
