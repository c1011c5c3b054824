public import Adapter
import NIOCore

/// Counts for all nodes of a cluster, by Redis' clock: each bucket is a key that expires when it would be full.
///
/// Where Redis cannot be reached, or does not answer in time, the node counts alone, beginning with full buckets.
public final class RedisRateLimiter: RateLimiter {
    /// KEYS: the bucket: when it will be full, in microseconds. ARGV: tokens, refill of one (in µs), burst.
    /// Reply: 0, or how long to wait (in µs). What a clock that was set back leaves is no more than an empty bucket.
    private static let script = RedisScript(
        name: "rate-limit",
        source: """
            local tokens, refill, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local full = tonumber(redis.call('GET', KEYS[1]) or now)
            local missing = math.min(math.max(full - now, 0), burst * refill)
            local wait = missing + (math.max(tokens, 1) - burst) * refill
            if wait > 0 then return wait end
            if tokens > 0 then
                missing = missing + tokens * refill
                local full = string.format('%.0f', now + missing)
                redis.call('SET', KEYS[1], full, 'PX', string.format('%.0f', math.ceil(missing / 1000)))
            end
            return 0
            """)

    private let redis: RedisClient
    private let keys: KeySpace
    private let patience: TimeAmount
    private let alone: InProcessRateLimiter

    /// Creates the limiter of a node.
    /// - Parameters:
    ///   - redis: the cluster's Redis.
    ///   - keys: names of the cluster's keys; buckets are `{<prefix>}:rate:<key>`.
    ///   - patience: how long to wait for Redis; default 1 second.
    public init(redis: RedisClient, keys: KeySpace, patience: Duration = .seconds(1)) {
        self.redis = redis
        self.keys = keys
        self.patience = TimeAmount(patience)
        alone = InProcessRateLimiter()
        redis.register(Self.script)
    }

    /// Takes tokens out of a bucket, if there are enough; a bucket that was never used is full.
    /// - Parameters:
    ///   - tokens: how many, at least 0; with 0 it only looks whether there is one.
    ///   - key: name of the bucket, at most 200 bytes.
    ///   - quota: size and refill of the bucket; the same at every call with this key.
    /// - Returns: whether there were enough tokens, and how long until there will be.
    public func take(_ tokens: Int, from key: String, _ quota: RateQuota) async -> RateDecision {
        let reply = redis.loop.makePromise(of: RateDecision?.self)
        let deadline = redis.loop.scheduleTask(in: patience) { reply.succeed(nil) }
        let arguments: [RedisArgument] = [
            .integer(min(max(tokens, 0), quota.burst + 1)), .integer(quota.refill.microseconds), .integer(quota.burst),
        ]
        redis.run(Self.script, keys: [keys.key("rate:\(key)")], arguments: arguments) { result in
            deadline.cancel()
            reply.succeed((try? result.get())?.integer.map(Self.decision))
        }
        if let shared = try? await reply.futureResult.get() { return shared }
        return await alone.take(tokens, from: key, quota)
    }

    private static func decision(_ wait: Int64) -> RateDecision {
        wait > 0 ? .limited(retryAfter: .microseconds(wait)) : .allowed
    }
}

extension Duration {
    /// Whole microseconds.
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
