/// The atomic steps of membership.
///
/// A node is alive as long as its tag is a member of the sorted set *leases* (score: when it ends, in milliseconds of
/// Redis' clock). Only a heartbeat moves a tag whose time is over into the set *lapsed*, where it stays until somebody
/// has cleaned up after it. So other scripts ask `ZSCORE <leases> <tag>` and need no clock.
enum MembershipScripts {
    /// KEYS: leases, lapsed, nodes, beat, and other keys that are to live on. ARGV: tag, lease, grace (both in ms),
    /// information, `renew` or `acquire`, lifetime of keys (in ms).
    /// Reply: whether the lease was held; the tags to clean up after; tag, remaining ms and information of the living.
    static let heartbeat = RedisScript(
        name: "membership-heartbeat",
        source: """
            local leases, lapsed, nodes, beat = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
            local tag, term, grace = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            -- Nobody's heart beat for a while: Redis stood still, or its clock jumped. All terms begin anew.
            local last = tonumber(redis.call('GET', beat) or now)
            if now < last or now - last > grace then
                for _, each in ipairs(redis.call('ZRANGE', leases, 0, -1)) do
                    redis.call('ZADD', leases, now + term, each)
                end
            end
            redis.call('SET', beat, now)
            for _, each in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
                redis.call('ZREM', leases, each)
                redis.call('HDEL', nodes, each)
                redis.call('SADD', lapsed, each)
            end
            local held = redis.call('ZSCORE', leases, tag)
            if held or ARGV[5] == 'acquire' then
                redis.call('ZADD', leases, now + term, tag)
                redis.call('HSET', nodes, tag, ARGV[4])
                redis.call('SREM', lapsed, tag)
            end
            for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[6]) end
            local living = {}
            local scores = redis.call('ZRANGE', leases, 0, -1, 'WITHSCORES')
            for i = 1, #scores, 2 do
                living[#living + 1] = scores[i]
                living[#living + 1] = math.floor(scores[i + 1] - now)
                living[#living + 1] = redis.call('HGET', nodes, scores[i]) or ''
            end
            return {held and 1 or 0, redis.call('SMEMBERS', lapsed), living}
            """)

    /// KEYS: leases, lapsed, nodes. ARGV: tag, lifetime of keys (in ms). Gives the lease back; clean-ups may run.
    static let leave = RedisScript(
        name: "membership-leave",
        source: """
            redis.call('ZREM', KEYS[1], ARGV[1])
            redis.call('HDEL', KEYS[3], ARGV[1])
            redis.call('SADD', KEYS[2], ARGV[1])
            return redis.call('PEXPIRE', KEYS[2], ARGV[2])
            """)

    /// KEYS: lapsed. ARGV: tag. Everything of the tag has been cleaned up.
    static let cleaned = RedisScript(
        name: "membership-cleaned", source: "return redis.call('SREM', KEYS[1], ARGV[1])")
}
