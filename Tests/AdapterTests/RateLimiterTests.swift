import AdapterConformance
import Synchronization
import Testing

@testable import Adapter

@Suite struct RateLimiterTests {
    @Test("the limiter of a node that runs alone", arguments: RateLimiterCheck.all)
    func conformance(_ check: RateLimiterCheck) async throws {
        let limiter = InProcessRateLimiter()
        try await check.run(limiter, limiter)
    }

    @Test("tokens come back one by one, up to the burst")
    func refill() {
        var bucket = RateBucket()
        let quota = RateQuota(burst: 2, refill: .seconds(10))
        #expect(bucket.isFull(now: .zero))
        #expect(bucket.take(2, quota, now: .zero) == .allowed)
        #expect(bucket.take(1, quota, now: .seconds(4)) == .limited(retryAfter: .seconds(6)))
        #expect(bucket.take(1, quota, now: .seconds(10)) == .allowed)
        #expect(bucket.take(1, quota, now: .seconds(10)) == .limited(retryAfter: .seconds(10)))
        #expect(bucket.take(3, quota, now: .seconds(1_000)) == .limited(retryAfter: .seconds(10)))
        #expect(bucket.isFull(now: .seconds(1_000)))
        #expect(bucket.take(2, quota, now: .seconds(1_000)) == .allowed)
    }

    @Test("the table is bounded; those used longest ago are forgotten")
    func bounded() {
        var buckets = RateBuckets(capacity: 100)
        let quota = RateQuota(burst: 1, refill: .seconds(3_600))
        for number in 0..<10_000 {
            #expect(buckets.take(1, from: "\(number)", quota, now: .zero) == .allowed)
            #expect(buckets.take(0, from: "loyal", quota, now: .zero) == .allowed)
        }
        #expect(buckets.count <= 100)
        #expect(buckets.take(1, from: "9999", quota, now: .zero) != .allowed)
        #expect(buckets.take(1, from: "0", quota, now: .zero) == .allowed)
    }
}
