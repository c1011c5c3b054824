/// Counts one peer against a ``RateLimit``: a bucket of `burst` tokens that fills with `perSecond` tokens per second.
///
/// All it keeps is the moment at which it will be full again, so that a table of many costs 8 bytes each and needs no
/// timer. Times are distances from any fixed origin.
package struct TokenBucket {
    /// In nanoseconds since the origin.
    private var fullAt = Int64.min

    /// A full bucket.
    package init() {}

    /// Takes tokens out, if there are enough. More than `burst` there never are.
    /// - Parameters:
    ///   - count: how many tokens.
    ///   - limit: the size of the bucket and how it fills.
    ///   - now: the time.
    /// - Returns: whether there were enough; if not, none was taken.
    package mutating func take(_ count: Int = 1, of limit: RateLimit, now: Duration) -> Bool {
        let now = Self.nanoseconds(now)
        let missing = max(fullAt, now).subtractingReportingOverflow(now)
        let taken = missing.partialValue.addingReportingOverflow(Self.time(toFill: count, limit))
        guard !missing.overflow, !taken.overflow, taken.partialValue <= Self.time(toFill: limit.burst, limit) else {
            return false
        }
        let full = now.addingReportingOverflow(taken.partialValue)
        fullAt = full.overflow ? .max : full.partialValue
        return true
    }

    private static func time(toFill tokens: Int, _ limit: RateLimit) -> Int64 {
        let time = Int64(max(0, tokens)).multipliedReportingOverflow(by: 1_000_000_000)
        return time.overflow ? .max : time.partialValue / Int64(limit.perSecond)
    }

    private static func nanoseconds(_ time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = nanoseconds.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
        return nanoseconds.overflow || sum.overflow ? (seconds < 0 ? .min : .max) : sum.partialValue
    }
}
