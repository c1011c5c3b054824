/// The atomic steps of the recovery store.
///
/// Keys, all of one hash tag, and all with an expiry that living nodes put off:
/// * *owners*: hash of the nodes that sessions belong to, by private id,
/// * *sessions*: hash of the sessions themselves, by private id,
/// * *lost*: sorted set of the private ids whose connection is lost; score: when they are given up, in milliseconds of
///   Redis' clock,
/// * *node:<tag>*: set of the private ids that are connected at one node, for when that node dies,
/// * *journal:<namespace>*: stream of the events of a namespace, *history:<namespace>*: hash of what happened to it:
///   `since` and `dropped`, in milliseconds.
///
/// Only its owner changes a session; it gets another one when it is restored.
enum RecoveryScripts {
    static let all = [update, save, end, look, take, expire, nodeLost, tend]

    private static let clock = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """

    private static let live = """
        local function live(lifetime) for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lifetime) end end

        """

    /// An event is appended and published. If it cannot be appended, it is published all the same.
    ///
    /// KEYS: journal. ARGV: the fields `h` and `e`, `PUBLISH` or `SPUBLISH`, channels and payloads in turn.
    static let publish = """
        redis.pcall('XADD', KEYS[1], '*', 'h', ARGV[1], 'e', ARGV[2])
        for i = 4, #ARGV, 2 do redis.pcall(ARGV[3], ARGV[i], ARGV[i + 1]) end
        """

    /// KEYS: owners, sessions, lost, node. ARGV: tag, pid, session, lifetime of keys (in ms).
    /// Reply: 1; 0 if the session belongs to another node.
    static let update = RedisScript(
        name: "recovery-update",
        source: live + """
            local tag, pid = ARGV[1], ARGV[2]
            local owner = redis.call('HGET', KEYS[1], pid)
            if owner and owner ~= tag then return 0 end
            redis.call('HSET', KEYS[1], pid, tag)
            redis.call('HSET', KEYS[2], pid, ARGV[3])
            redis.call('ZREM', KEYS[3], pid)
            redis.call('SADD', KEYS[4], pid)
            live(ARGV[4])
            return 1
            """)

    /// KEYS: owners, sessions, lost, node. ARGV: tag, pid, session, lifetime of keys, time to come back (both in ms).
    /// Reply: 1; 0 if the session belongs to another node.
    static let save = RedisScript(
        name: "recovery-save",
        source: clock + live + """
            local tag, pid = ARGV[1], ARGV[2]
            local owner = redis.call('HGET', KEYS[1], pid)
            if owner and owner ~= tag then return 0 end
            redis.call('HSET', KEYS[1], pid, tag)
            redis.call('HSET', KEYS[2], pid, ARGV[3])
            redis.call('ZADD', KEYS[3], now + ARGV[5], pid)
            redis.call('SREM', KEYS[4], pid)
            live(ARGV[4])
            return 1
            """)

    /// KEYS: owners, sessions, lost, node. ARGV: tag, pid.
    static let end = RedisScript(
        name: "recovery-end",
        source: """
            local tag, pid = ARGV[1], ARGV[2]
            if redis.call('HGET', KEYS[1], pid) ~= tag then return 0 end
            redis.call('HDEL', KEYS[1], pid)
            redis.call('HDEL', KEYS[2], pid)
            redis.call('ZREM', KEYS[3], pid)
            redis.call('SREM', KEYS[4], pid)
            return 1
            """)

    /// KEYS: owners, sessions, lost, leases. ARGV: tag, pid, time to come back (in ms), channel of nodes, message for the
    /// owner, what to do if another node has it connected: `ask` it to let go, `insist` not to wait for it, or `leave` it.
    /// Reply: nothing if there is no such session, or it is left; its state and the session. State 1: it can be restored;
    /// 0: another node has it connected, and has been told to let go.
    static let look = RedisScript(
        name: "recovery-look",
        source: clock + """
            local tag, pid = ARGV[1], ARGV[2]
            local owner = redis.call('HGET', KEYS[1], pid)
            if not owner then return false end
            local session = redis.call('HGET', KEYS[2], pid)
            local deadline = redis.call('ZSCORE', KEYS[3], pid)
            if deadline then
                if tonumber(deadline) <= now then return false end
                return {1, session}
            end
            if owner == tag or ARGV[6] == 'leave' then return false end
            if ARGV[6] == 'ask' and redis.call('ZSCORE', KEYS[4], owner)
                and redis.call('PUBLISH', ARGV[4] .. owner, ARGV[5]) > 0 then
                return {0, session}
            end
            redis.call('ZADD', KEYS[3], now + ARGV[3], pid)
            return {1, session}
            """)

    /// KEYS: owners, sessions, lost, node. ARGV: tag, pid, channel of nodes, message for the former owner, lifetime of keys
    /// (in ms), the session as it is from now on.
    /// Reply: 1, and the session belongs to this node; 0 if it cannot be restored any more.
    static let take = RedisScript(
        name: "recovery-take",
        source: clock + live + """
            local tag, pid = ARGV[1], ARGV[2]
            local deadline = redis.call('ZSCORE', KEYS[3], pid)
            if not deadline or tonumber(deadline) <= now then return 0 end
            local owner = redis.call('HGET', KEYS[1], pid)
            if not owner then return 0 end
            redis.call('ZREM', KEYS[3], pid)
            redis.call('HSET', KEYS[1], pid, tag)
            redis.call('HSET', KEYS[2], pid, ARGV[6])
            redis.call('SADD', KEYS[4], pid)
            if owner ~= tag then redis.call('PUBLISH', ARGV[3] .. owner, ARGV[4]) end
            live(ARGV[5])
            return 1
            """)

    /// KEYS: owners, sessions, lost. ARGV: most sessions that may be lost at a time, most that are given up in one go.
    /// Reply: private id, owner and session of each that is given up, in turn; first, how many are lost then.
    static let expire = RedisScript(
        name: "recovery-expire",
        source: clock + """
            local due = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, ARGV[2])
            local excess = redis.call('ZCARD', KEYS[3]) - #due - ARGV[1]
            if #due == 0 and excess > 0 then
                due = redis.call('ZRANGE', KEYS[3], 0, math.min(excess, ARGV[2]) - 1)
            end
            local given = {0}
            for _, pid in ipairs(due) do
                local session = redis.call('HGET', KEYS[2], pid)
                if session then
                    given[#given + 1] = pid
                    given[#given + 1] = redis.call('HGET', KEYS[1], pid) or ''
                    given[#given + 1] = session
                end
                redis.call('HDEL', KEYS[1], pid)
                redis.call('HDEL', KEYS[2], pid)
                redis.call('ZREM', KEYS[3], pid)
            end
            given[1] = redis.call('ZCARD', KEYS[3])
            return given
            """)

    /// KEYS: owners, lost, leases, node. ARGV: tag of a node without a lease, time to come back, lifetime of keys (both in
    /// ms).
    /// Reply: how many sessions of the node remain to be looked at.
    static let nodeLost = RedisScript(
        name: "recovery-node-lost",
        source: clock + """
            if redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 0 end
            for _, pid in ipairs(redis.call('SPOP', KEYS[4], 200)) do
                if redis.call('HGET', KEYS[1], pid) == ARGV[1] and not redis.call('ZSCORE', KEYS[2], pid) then
                    redis.call('ZADD', KEYS[2], now + ARGV[2], pid)
                end
            end
            redis.call('PEXPIRE', KEYS[2], ARGV[3])
            return redis.call('SCARD', KEYS[4])
            """)

    /// KEYS: journal, history. ARGV: how long entries are kept (in ms), most entries, most bytes, lifetime of keys (in ms).
    /// Reply: Redis' clock in microseconds; since when there is a journal, and before when entries may have been dropped
    /// because there were too many, both in milliseconds; entries; bytes.
    static let tend = RedisScript(
        name: "recovery-tend",
        source: clock + live + """
            redis.call('HSETNX', KEYS[2], 'since', now)
            redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', now - ARGV[1]))
            local count = redis.call('XLEN', KEYS[1])
            local bytes = redis.call('MEMORY', 'USAGE', KEYS[1]) or 0
            local limit = tonumber(ARGV[2])
            if bytes > tonumber(ARGV[3]) then limit = math.min(limit, math.floor(count * ARGV[3] / bytes)) end
            if count > limit then
                redis.call('XTRIM', KEYS[1], 'MAXLEN', limit)
                local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
                redis.call('HSET', KEYS[2], 'dropped', first and string.match(first[1], '^%d+') or now)
            end
            live(ARGV[4])
            return {
                string.format('%.0f', time[1] * 1000000 + time[2]), redis.call('HGET', KEYS[2], 'since'),
                redis.call('HGET', KEYS[2], 'dropped') or '0', redis.call('XLEN', KEYS[1]), bytes,
            }
            """)
}
