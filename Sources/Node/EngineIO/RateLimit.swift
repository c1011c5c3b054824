/// How often something may happen: on average, and at once after a pause.
///
/// ```swift
/// let limit = RateLimit(perSecond: 100, burst: 200)
/// ```
public struct RateLimit: Sendable, Equatable {
    /// How many may happen per second in the long run; at least 1.
    public let perSecond: Int
    /// How many may happen at once after a pause; at least 1.
    public let burst: Int

    /// Creates a limit. Values below 1 count as 1.
    /// - Parameters:
    ///   - perSecond: how many may happen per second in the long run.
    ///   - burst: how many may happen at once after a pause; as many as per second if `nil`, the default.
    public init(perSecond: Int, burst: Int? = nil) {
        self.perSecond = max(1, perSecond)
        self.burst = max(1, burst ?? perSecond)
    }

    /// Reads a limit as operators write it.
    /// - Parameter text: `RATE` or `RATE:BURST`, whole numbers from 1; without a burst it is the rate.
    public init?(_ text: String) {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(numbers.count), let rate = numbers[0], rate >= 1 else { return nil }
        guard numbers.count == 2 else {
            self.init(perSecond: rate)
            return
        }
        guard let burst = numbers[1], burst >= 1 else { return nil }
        self.init(perSecond: rate, burst: burst)
    }
}
