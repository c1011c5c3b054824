public import Adapter
import TestSupport
import Testing

/// One of the things that every rate limiter must do; see ``AdapterCheck``. Each runs with the limiters of two nodes that
/// share their buckets.
public struct RateLimiterCheck: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// Runs the check; records issues with Swift Testing.
    public let run: @Sendable (_ one: any RateLimiter, _ two: any RateLimiter) async throws -> Void

    init(
        _ description: String, run: @escaping @Sendable (any RateLimiter, any RateLimiter) async throws -> Void
    ) {
        self.description = description
        self.run = run
    }

    /// Nothing comes back while a test runs.
    private static let slow = RateQuota(burst: 3, refill: .seconds(3_600))

    /// The list.
    public static let all: [RateLimiterCheck] = [
        RateLimiterCheck("a bucket has as many tokens as its burst, whoever takes them") { one, two in
            #expect(await one.take(1, from: "b", slow) == .allowed)
            #expect(await two.take(2, from: "b", slow) == .allowed)
            for limiter in [one, two] {
                let wait = try #require(await limiter.take(1, from: "b", slow).retryAfter)
                #expect(wait > .seconds(3_500) && wait <= .seconds(3_600))
            }
        },
        RateLimiterCheck("who asks for too many gets none, and takes none") { one, two in
            #expect(await one.take(4, from: "b", slow).retryAfter != nil)
            #expect(await one.take(.max, from: "b", slow).retryAfter != nil)
            #expect(await two.take(3, from: "b", slow) == .allowed)
        },
        RateLimiterCheck("to look takes nothing, and tells whether there is one") { one, two in
            for _ in 0..<5 { #expect(await one.take(0, from: "b", slow) == .allowed) }
            #expect(await one.take(3, from: "b", slow) == .allowed)
            #expect(await two.take(0, from: "b", slow).retryAfter != nil)
            #expect(await two.take(-1, from: "b", slow).retryAfter != nil)
        },
        RateLimiterCheck("names do not mix") { one, two in
            #expect(await one.take(3, from: "support/login/a", slow) == .allowed)
            #expect(await two.take(3, from: "support/login/b", slow) == .allowed)
        },
        RateLimiterCheck("after the time that was told there is one") { one, two in
            let quick = RateQuota(burst: 2, refill: .milliseconds(50))
            #expect(await one.take(2, from: "b", quick) == .allowed)
            var tries = 0
            while let wait = await two.take(1, from: "b", quick).retryAfter, tries < 1_000 {
                #expect(wait <= .milliseconds(50))
                try await Task.sleep(for: wait)
                tries += 1
            }
            #expect((1..<1_000).contains(tries))
        },
        RateLimiterCheck("many at the same time get no more than there is") { one, two in
            let quota = RateQuota(burst: 10, refill: .seconds(3_600))
            let allowed = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask { await (number % 2 == 0 ? one : two).take(1, from: "b", quota) == .allowed }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(allowed == 10)
        },
        RateLimiterCheck("the largest and the slowest bucket") { one, two in
            let largest = RateQuota(burst: 1_000_000, refill: .seconds(86_400))
            #expect(await one.take(999_999, from: "b", largest) == .allowed)
            #expect(await two.take(1, from: "b", largest) == .allowed)
            #expect(await one.take(1, from: "b", largest).retryAfter != nil)
        },
    ]
}

extension RateDecision {
    /// How long until there are enough tokens; `nil` if there were.
    fileprivate var retryAfter: Duration? {
        switch self {
        case .allowed: nil
        case .limited(let wait): wait
        }
    }
}
