public import Adapter
import Cluster
public import Logging
import NIOCore
import Synchronization

/// The online count of one application over all live nodes.
///
/// Each node owns one number in a hash; every change publishes all numbers, so each node knows the sum of the others and
/// adds its own number, which it always knows best. Numbers of nodes without a lease are dropped by every write, and by
/// the clean-up after a lost node. Writes are coalesced: the first change goes out at once, later ones at intervals.
public final class RedisOnlineCount: OnlineCount {
    private struct State {
        var share = 0
        var shares = OnlineShares()
        var reported: Int?
        var isReportDue = false
        var isWriteDue = false
        var nextWrite = NIODeadline.uptimeNanoseconds(0)
        var changed: (@Sendable (Int) -> Void)?

        var total: Int { max(0, shares.others + share) }
    }

    /// KEYS: leases, shares. ARGV: tag, its number (empty: none), channel, lifetime of keys (in ms). A node without a lease writes nothing: it is
    /// about to find out, and then writes again.
    private static let script = RedisScript(
        name: "online-count",
        source: """
            if ARGV[2] ~= '' and redis.call('ZSCORE', KEYS[1], ARGV[1]) then
                redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
            end
            local parts = {redis.call('HINCRBY', KEYS[2], 'version', 1)}
            local shares = redis.call('HGETALL', KEYS[2])
            for i = 1, #shares, 2 do
                if redis.call('ZSCORE', KEYS[1], shares[i]) then
                    parts[#parts + 1] = shares[i]
                    parts[#parts + 1] = shares[i + 1]
                elseif shares[i] ~= 'version' then
                    redis.call('HDEL', KEYS[2], shares[i])
                end
            end
            redis.call('PEXPIRE', KEYS[2], ARGV[4])
            local text = table.concat(parts, ' ')
            redis.call('PUBLISH', ARGV[3], text)
            return text
            """)

    private let redis: RedisClient
    private let membership: NodeMembership
    private let channel: String
    private let keys: [String]
    private let interval: TimeAmount
    private let logger: Logger
    private let state = Mutex(State())

    /// Creates the count of one application. To be called before the membership runs.
    /// - Parameters:
    ///   - redis: the cluster's Redis.
    ///   - membership: of this node; tells when numbers are to be dropped or written again.
    ///   - profile: name of the application; default `meet`.
    ///   - interval: shortest time between two writes of this node; default 50 milliseconds.
    ///   - logger: told when a write failed; it is tried again.
    public init(
        redis: RedisClient, membership: NodeMembership, profile: String = "meet",
        interval: Duration = .milliseconds(50), logger: Logger
    ) {
        self.redis = redis
        self.membership = membership
        self.interval = TimeAmount(interval)
        self.logger = logger
        channel = membership.keys.channel("online#\(profile)")
        keys = [membership.leaseKey, membership.keys.key("online:\(profile)")]
        redis.register(Self.script)
        membership.keepAlive { [key = keys[1]] in [key] }
        membership.registerCleanUp { [weak self] tag, done in
            guard let self else { return done(true) }
            run(tag, share: "") { done($0) }
        }
        membership.onLapsed { [weak self] in
            self?.state.withLock { $0.shares.forgetVersion() }
            self?.scheduleWrite()
        }
    }

    /// The total as known now: the other nodes' numbers as last heard, and this node's own. Never negative.
    public var current: Int { state.withLock { $0.total } }

    /// Adds to this node's number.
    /// - Parameter change: +1 for a connect, -1 for a disconnect.
    public func add(_ change: Int) {
        state.withLock { $0.share += change }
        scheduleWrite()
        scheduleReport()
    }

    /// Begins to report and to listen to the other nodes.
    /// - Parameter changed: called on the Redis event loop after the total changed.
    public func start(_ changed: @escaping @Sendable (Int) -> Void) {
        state.withLock { $0.changed = changed }
        redis.subscribe(channel) { [weak self] _, payload in self?.received(payload) }
        redis.onStateChange { [weak self] in if $0 == .connected { self?.scheduleWrite() } }
    }

    private func scheduleWrite() {
        let time = state.withLock { state -> NIODeadline? in
            guard !state.isWriteDue else { return nil }
            state.isWriteDue = true
            return state.nextWrite
        }
        if let time { redis.loop.scheduleTask(deadline: time) { self.write() } }
    }

    private func write() {
        let share = state.withLock { state in
            state.isWriteDue = false
            state.nextWrite = .now() + interval
            return max(0, state.share)
        }
        run(membership.tag, share: .integer(share)) { [weak self] isDone in
            guard let self, !isDone else { return }
            state.withLock { $0.nextWrite = .now() + .seconds(1) }
            scheduleWrite()
        }
    }

    private func run(_ tag: NodeTag, share: RedisArgument, completion: @escaping @Sendable (Bool) -> Void) {
        let lifetime = RedisArgument.integer(membership.configuration.keyLifetime.milliseconds)
        redis.run(
            Self.script, keys: keys, arguments: [.text(tag.text), share, .text(channel), lifetime]
        ) { [weak self] result in
            do throws(RedisError) {
                guard let text = try result.get().buffer else { throw .unexpectedReply }
                self?.received(text)
                completion(true)
            } catch {
                self?.logger.info("The online count was not written", metadata: ["reason": "\(error)"])
                completion(false)
            }
        }
    }

    private func received(_ text: ByteBuffer) {
        let isNews = state.withLock { $0.shares.received(text, own: membership.tag) }
        if isNews { scheduleReport() }
    }

    private func scheduleReport() {
        let isFirst = state.withLock { state in
            defer { state.isReportDue = true }
            return !state.isReportDue
        }
        if isFirst { redis.loop.execute { self.report() } }
    }

    private func report() {
        let (changed, total) = state.withLock { state in
            state.isReportDue = false
            let total = state.total
            defer { state.reported = total }
            return (state.reported == total ? nil : state.changed, total)
        }
        changed?(total)
    }
}
