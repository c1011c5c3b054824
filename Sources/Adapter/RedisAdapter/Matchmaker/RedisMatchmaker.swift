public import Adapter
import Cluster
public import Logging
public import Matchmaking
import NIOCore
import Synchronization

/// The matchmaker of a cluster: every transition is one atomic step in Redis, which also publishes what follows from it
/// to the nodes concerned.
///
/// ### Decisions
/// 1. *Everything comes by the inbox.* Events and the submitter's own reply arrive as lines of one ordered stream, so
///    that a client is told things in the order in which they became true, whoever caused them. The reply of the script
///    call only tells that the call did not fail.
/// 2. *The node mirrors what its clients were told* (`MatchMirror`). Notices are applied by pair number, so that
///    nothing is told twice.
/// 3. *Reconciliation is a snapshot through the inbox.* Publications may be missed, records may be gone (Redis came back
///    empty, or our lease was over and others cleaned up after us). Whenever the connection comes back, the lease had
///    lapsed or a step failed, the node asks the store for a snapshot of its participants. It arrives at a definite
///    point of the inbox, so it is compared with exactly what the clients know by then:
///    - a chat that the store does not have is over: one `partnerLeft`. Chats are not put together again from two
///      halves; the other member was, or will be, told the same way;
///    - who waits here and not there is queued again at its old place, silently;
///    - what the store has and the client does not know yet is told now;
///    - who is gone from here is disconnected there, or suspended. So nothing else has to remember failed disconnects;
///    - who is here, and away there because others took this node for lost, is resumed.
/// 4. *Until reconciled, operations are refused* with `MatchmakerError.unavailable`. It takes one round trip
///    after the connection is back.
/// 5. *Participants move*: one that lost its connection may come back on another node, which then is its home: its
///    record and its events go there. Those whose node is lost belong to nobody until then, or until their time is over;
///    that time is Redis', and any node that looks ends it. What happens to them meanwhile is kept in their record.
/// 6. *Dead nodes*: each survivor runs the atomic clean-up of ``NodeMembership``; the first to come does the work.
///
/// Redis 6.2 or later is needed.
public final class RedisMatchmaker: Matchmaker {
    /// How long a reply may take to come by the inbox after the store was asked.
    static let deadline = Duration.seconds(3)
    /// Interval at which overdue replies and a missing reconciliation are looked for.
    static let inspection = Duration.milliseconds(100)

    enum Phase: Equatable {
        /// Not usable; a reconciliation has to be asked for.
        case away
        /// A snapshot was asked for under this number.
        case reconciling(UInt64, since: ContinuousClock.Instant)
        case ready
    }

    struct Pending {
        var completion: @Sendable (Result<MatchReply, MatchmakerError>) -> Void
        var since: ContinuousClock.Instant
    }

    struct State {
        var phase = Phase.away
        var isConnected = false
        var receiver: (any MatchEvents)?
        var mirror = MatchMirror()
        var lastNumber: UInt64 = 0
        var pending: [UInt64: Pending] = [:]
        /// The part of a snapshot that has come so far.
        var snapshot: [String: MatchNotice.StoredState] = [:]
        /// When the store said that a tick might pair somebody.
        var plannedTick: ContinuousClock.Instant?
        /// When this node looks whether it said so or not.
        var regularTick: ContinuousClock.Instant?
    }

    let redis: RedisClient
    let script: MatchScript
    let logger: Logger
    let state = Mutex(State())
    private let membership: NodeMembership
    private let inbox: String
    private let waits: Bool
    /// Whether participants that lost their connection may come back.
    let hasGrace: Bool

    /// Creates the matchmaker of one application on this node, and registers its clean-up. To be created before
    /// ``NodeMembership/run()``; ready some time after ``start(_:)`` when Redis is there and the lease is held.
    /// - Parameters:
    ///   - redis: the cluster's Redis.
    ///   - membership: this node's lease. Participants' ids must begin with its tag and be free of white space.
    ///   - profile: name of the application, part of all names in Redis; default `meet`.
    ///   - policy: the rules of pairing, validated by the caller and the same on all nodes.
    ///   - logger: told when the matchmaker becomes usable and when it does not.
    public init(
        redis: RedisClient, membership: NodeMembership, profile: String = "meet", policy: MatchPolicy = MatchPolicy(),
        logger: Logger
    ) {
        self.redis = redis
        self.membership = membership
        self.logger = logger
        script = MatchScript(
            keys: membership.keys, leaseKey: membership.leaseKey, profile: profile, tag: membership.tag, policy: policy,
            lifetime: membership.configuration.keyLifetime)
        inbox = MatchScript.inbox(membership.keys, profile: profile, tag: membership.tag.text)
        waits = policy.waits
        hasGrace = policy.reconnectGrace > .zero
        redis.register(script.script)
        membership.keepAlive { [weak self] in
            guard let self else { return [] }
            return script.keys(of: membership.tag, waiting: state.withLock { $0.mirror.queues })
        }
        membership.registerCleanUp { [weak self] tag, done in
            if let self { cleanUp(after: tag, done) } else { done(true) }
        }
    }

    /// Whether operations are carried out at present.
    public var isReady: Bool { state.withLock { $0.phase == .ready } }

    /// Waits until operations are carried out.
    /// - Parameter deadline: how long at most, after ``start(_:)``.
    /// - Throws: ``RedisError/unavailable`` when they are not by then.
    public func waitUntilReady(within deadline: Duration) async throws(RedisError) {
        let end = ContinuousClock.now + deadline
        while !isReady {
            guard ContinuousClock.now < end, !Task.isCancelled else { throw .unavailable }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Begins to listen to the inbox and to deliver events.
    /// - Parameter events: where what was decided about local participants is reported, on the Redis event loop.
    public func start(_ events: any MatchEvents) {
        state.withLock { $0.receiver = events }
        redis.subscribe(inbox) { [weak self] _, payload in self?.received(payload) }
        redis.onStateChange { [weak self] in self?.changed($0) }
        membership.onLapsed { [weak self] in self?.reconcile() }
        redis.loop.scheduleRepeatedTask(initialDelay: .zero, delay: TimeAmount(Self.inspection)) { [weak self] task in
            if let self { inspect() } else { task.cancel() }
        }
    }

    /// Submits an operation of a local participant. Never suspends; answered or failed after 3 seconds at most.
    ///
    /// Every participant that submits anything must submit `disconnect` or `suspend` in the end. They, and `resume`, count
    /// even when they are refused: they are carried out when the store is back.
    /// - Parameters:
    ///   - operation: what the participant asks.
    ///   - completion: called once; on success on the Redis event loop, after the events of the operation.
    public func submit(
        _ operation: MatchOperation, completion: @escaping @Sendable (Result<MatchReply, MatchmakerError>) -> Void
    ) {
        let number = state.withLock { state -> UInt64? in
            guard state.phase == .ready else {
                state.mirror.submitted(operation)
                return nil
            }
            state.lastNumber += 1
            state.mirror.submitted(operation, number: state.lastNumber)
            state.pending[state.lastNumber] = Pending(completion: completion, since: .now)
            return state.lastNumber
        }
        guard let number else { return completion(.failure(.unavailable)) }
        run(.operation(operation), number: number)
    }

    /// Gives the store one request.
    func run(_ request: MatchScript.Request, number: UInt64 = 0) {
        redis.run(script.script, keys: script.keys, arguments: script.arguments(request, number: number)) {
            [weak self] reply in
            if case .failure(let error) = reply { self?.failed(number, error) }
        }
    }

    private func failed(_ number: UInt64, _ error: RedisError) {
        let pending = state.withLock { state in
            state.phase = .away
            return state.pending.removeValue(forKey: number)
        }
        logger.debug("A step of the matchmaker failed", metadata: ["reason": "\(error)"])
        pending?.completion(.failure(.unavailable))
    }

    /// What is looked after at intervals, on the loop.
    private func inspect() {
        let now = ContinuousClock.now
        let (overdue, tick) = state.withLock { state in
            let overdue = state.pending.filter { now - $0.value.since > Self.deadline }
            for number in overdue.keys { state.pending[number] = nil }
            if !overdue.isEmpty { state.phase = .away }
            // The node that was told when to look again may be gone: everybody looks once a second.
            let tick = waits && state.phase == .ready && (state.regularTick.map { $0 <= now } ?? true)
            if tick { state.regularTick = now + .seconds(1) }
            return (overdue.values, tick)
        }
        for pending in overdue { pending.completion(.failure(.unavailable)) }
        if tick { run(.tick) }
        reconcileIfNeeded()
    }

    private func cleanUp(after tag: NodeTag, _ done: @escaping @Sendable (Bool) -> Void) {
        redis.run(script.script, keys: script.keys, arguments: script.arguments(.nodeLost(tag: tag.text), number: 0)) {
            [weak self] reply in
            switch reply {
            case .success(let reply) where reply.integer ?? 0 > 0: self?.cleanUp(after: tag, done)
            case .success: done(true)
            case .failure: done(false)
            }
        }
    }
}

extension MatchPolicy {
    /// Whether the passing of time alone can make a pair, or end one.
    fileprivate var waits: Bool {
        if reconnectGrace > .zero { return true }
        if case .cooldown = rematch { return true }
        if case .after = mixedMatch { return true }
        return false
    }
}
