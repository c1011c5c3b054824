import Adapter
import AdapterConformance
import NIOCore
import TestSupport
import Testing

@testable import RedisAdapter

@Suite struct RedisRateLimiterTests {
    private let quota = RateQuota(burst: 2, refill: .seconds(3_600))

    @Test("the limiter over Redis", arguments: RateLimiterCheck.all)
    func conformance(_ check: RateLimiterCheck) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { one in
            try await withClient(server.url) { two in
                try await check.run(
                    RedisRateLimiter(redis: one, keys: KeySpace()), RedisRateLimiter(redis: two, keys: KeySpace()))
            }
        }
    }

    @Test("a bucket is a key of the cluster's hash tag that expires when it would be full")
    func key() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let limiter = RedisRateLimiter(redis: redis, keys: KeySpace(prefix: "p"))
            #expect(await limiter.take(0, from: "support/login/a", quota) == .allowed)
            #expect(try await redis.command(["EXISTS", "{p}:rate:support/login/a"]) == .integer(0))
            #expect(await limiter.take(2, from: "support/login/a", quota) == .allowed)
            let life = try #require(try await redis.command(["PTTL", "{p}:rate:support/login/a"]).integer)
            #expect((7_100_000...7_200_000).contains(life))
        }
    }

    @Test("what a clock that was set back left in a bucket is no more than emptiness")
    func clock() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            _ = try await redis.command(["SET", "{switchboard}:rate:b", "9000000000000000"])
            let limiter = RedisRateLimiter(redis: redis, keys: KeySpace())
            let decision = await limiter.take(1, from: "b", quota)
            #expect(decision == .limited(retryAfter: .seconds(3_600)))
        }
    }

    @Test("without Redis, and with one that does not answer, the node counts alone")
    func outage() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let limiter = RedisRateLimiter(redis: redis, keys: KeySpace(), patience: .milliseconds(100))
            #expect(await limiter.take(2, from: "b", quota) == .allowed)
            server.pause()
            #expect(await limiter.take(2, from: "b", quota) == .allowed)
            #expect(await limiter.take(1, from: "b", quota) != .allowed)
            server.stop()
            #expect(await limiter.take(2, from: "c", quota) == .allowed)
            #expect(await limiter.take(1, from: "c", quota) != .allowed)
        }
    }
}
