import Synchronization

/// What accounts or addresses may do over all nodes of a cluster, decided at once by each node.
///
/// Each node has a bucket of the full quota for everybody who acts there, so most are limited without asking anybody: one
/// client is on one node. What a node takes of one bucket beyond its share (what comes back in an interval, divided by the
/// number of nodes) is settled at the end of the interval with a bucket that all nodes share; if that has not enough, nothing
/// more is given here until the debt is paid, in instalments of what comes back in an interval. So somebody on many nodes
/// gets what one node would give, late by an interval, and twice that at most if he stays below every node's share.
///
/// ```swift
/// let quota = RateQuota(burst: 100, refill: .milliseconds(50))
/// let allowances = RateAllowances("meet/message", quota, limiter: limiter) { membership.liveNodes.count }
/// let allowance = allowances.allowance(of: account)  // to be kept with the socket
/// if !allowance.take() { refuse() }
/// ```
public final class RateAllowances: Sendable {
    private struct State {
        var allowances: [String: RateAllowance] = [:]
        /// Those that were used in this interval, or owe something.
        var listed: [RateAllowance] = []
        var nextSweep = Duration.zero
    }

    let quota: RateQuota
    let now: @Sendable () -> Duration
    private let name: String
    private let limiter: any RateLimiter
    private let nodes: @Sendable () -> Int
    private let capacity: Int
    private let state = Mutex(State())

    /// Time between two settlements.
    static let interval: Duration = .seconds(1)
    /// How much of a debt is settled at a time: what comes back in an interval.
    let instalment: Int
    /// Time between two looks at what can be forgotten.
    private static let sweep: Duration = .seconds(60)
    /// Most questions that wait for the limiter at the same time.
    private static let questions = 64

    /// Creates an empty table.
    /// - Parameters:
    ///   - name: what is limited, such as `meet/message`; unique among those that share the limiter.
    ///   - quota: what each may do.
    ///   - limiter: what the nodes share.
    ///   - capacity: most allowances that are remembered, at least 1. While there are as many, others are not shared by
    ///     the sockets of one account. Default 100,000.
    ///   - now: the time since any fixed instant; must not run backwards. Default is the continuous clock.
    ///   - nodes: how many nodes there are now; with one nothing is settled.
    public init(
        _ name: String, _ quota: RateQuota, limiter: any RateLimiter, capacity: Int = 100_000,
        now: @escaping @Sendable () -> Duration = InProcessMatchmaker.clock(), nodes: @escaping @Sendable () -> Int
    ) {
        self.name = name
        self.quota = quota
        instalment = min(quota.burst, max(1, Int(Self.interval / quota.refill)))
        self.limiter = limiter
        self.capacity = max(1, capacity)
        self.now = now
        self.nodes = nodes
    }

    /// The allowance of somebody, the same for all who ask for it on this node.
    /// - Parameter key: an account or address, at most 150 bytes.
    /// - Returns: the allowance, to be kept by whoever uses it; forgotten when nobody does and it is full.
    public func allowance(of key: String) -> RateAllowance {
        state.withLock { state in
            if let known = state.allowances[key] { return known }
            if state.allowances.count >= capacity, now() >= state.nextSweep { forgetUnused(&state) }
            let new = RateAllowance("\(name)/\(key)", of: self)
            if state.allowances.count < capacity { state.allowances[key] = new }
            return new
        }
    }

    /// How many allowances are remembered.
    var count: Int { state.withLock { $0.allowances.count } }

    /// Settles what was taken, once in a second, until the task is cancelled.
    public func run() async {
        while (try? await Task.sleep(for: Self.interval)) != nil { await settle() }
    }

    /// An interval is over: settles what was taken in it beyond this node's share.
    func settle() async {
        let listed = state.withLock { state in
            defer { state.listed = [] }
            if now() >= state.nextSweep { forgetUnused(&state) }
            return state.listed
        }
        let nodes = nodes()
        let share = nodes > 1 ? Int(Self.interval / (quota.refill * nodes)) : .max
        await withTaskGroup(of: Void.self) { group in
            for (index, allowance) in listed.enumerated() {
                if index >= Self.questions { await group.next() }
                group.addTask { await self.settle(allowance, share: share) }
            }
        }
    }

    private func settle(_ allowance: RateAllowance, share: Int) async {
        switch allowance.intervalEnded(share: share, now: now()) {
        case .none: break
        case .later: list(allowance)
        case .now(let tokens):
            let decision = await limiter.take(tokens, from: allowance.key, quota)
            if allowance.settled(tokens, decision, now: now()) { list(allowance) }
        }
    }

    /// Has an allowance looked at when the interval ends.
    func list(_ allowance: RateAllowance) {
        state.withLock { $0.listed.append(allowance) }
    }

    /// Forgets what nobody keeps and what is full.
    private func forgetUnused(_ state: inout State) {
        let now = now()
        state.nextSweep = now + Self.sweep
        for key in Array(state.allowances.keys) where isKnownUniquelyReferenced(&state.allowances[key]) {
            if state.allowances[key]?.isUnused(now: now) == true { state.allowances[key] = nil }
        }
    }
}
