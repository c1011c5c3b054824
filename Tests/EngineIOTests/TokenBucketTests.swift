import Testing

@testable import EngineIO

@Suite("Token bucket")
struct TokenBucketTests {
    private let limit = RateLimit(perSecond: 10, burst: 3)

    @Test("lets a burst through, then one for each refilled token")
    func refills() {
        let bench = BucketBench()
        let start = Duration.seconds(5)
        for _ in 1...3 { #expect(bench.take(of: limit, now: start)) }
        #expect(!bench.take(of: limit, now: start))
        #expect(!bench.take(of: limit, now: start + .milliseconds(99)))
        #expect(bench.take(of: limit, now: start + .milliseconds(100)))
        #expect(!bench.take(of: limit, now: start + .milliseconds(150)))
        #expect(bench.take(of: limit, now: start + .milliseconds(200)))
    }

    @Test("never holds more than the burst, however long the pause")
    func isBounded() {
        let bench = BucketBench()
        #expect(bench.take(of: limit, now: .zero))
        let later = Duration.seconds(86_400)
        #expect(!bench.take(4, of: limit, now: later))
        #expect(bench.take(3, of: limit, now: later))
        #expect(!bench.take(of: limit, now: later))
    }

    @Test("a refused attempt takes nothing, so that a peer that goes on too fast keeps the average")
    func refusalsAreFree() {
        let bench = BucketBench()
        let taken = (0..<10_000).count { bench.take(of: limit, now: .milliseconds($0)) }
        #expect(taken == 3 + 99)
    }

    @Test("extreme numbers are refused or allowed, never a trap")
    func extremes() {
        let bench = BucketBench()
        let widest = RateLimit(perSecond: 1, burst: .max)
        #expect(!bench.take(.max, of: RateLimit(perSecond: .max, burst: 1), now: .zero))
        #expect(bench.take(.max, of: widest, now: .seconds(Int64.max)))
        #expect(!bench.take(.max, of: widest, now: .seconds(Int64.min)))
        #expect(RateLimit(perSecond: 0, burst: -1) == RateLimit(perSecond: 1, burst: 1))
        #expect(RateLimit(perSecond: 7) == RateLimit(perSecond: 7, burst: 7))
    }

    @Test("is read as operators write it")
    func text() {
        #expect(RateLimit("10:20") == RateLimit(perSecond: 10, burst: 20))
        #expect(RateLimit("10") == RateLimit(perSecond: 10, burst: 10))
        for text in ["", ":", "10:", ":10", "0", "10:0", "-1", "1:2:3", "ten", "99999999999999999999"] {
            #expect(RateLimit(text) == nil, "\(text)")
        }
    }
}

/// A bucket that a test can change inside an expectation.
private final class BucketBench {
    private var bucket = TokenBucket()

    func take(_ count: Int = 1, of limit: RateLimit, now: Duration) -> Bool {
        bucket.take(count, of: limit, now: now)
    }
}
