/// Waiting queue and pairs of one application: the transition table of the specification (applications, A.6.4 and F)
/// as a value.
///
/// The shell passes the time in and delivers the events. Times are durations since any fixed instant; they must not
/// run backwards. Places in the queue and pairs are numbered from one increasing sequence that follows the clock in
/// microseconds, so that a place also tells since when somebody waits.
///
/// ### Why a step looks at a few entries only
/// After each step nobody in the queue may be paired with anybody else in it, so a step has to look at the
/// participants that it queued itself against those at the head. Entries of one wish exclude each other only if they
/// are sockets of one user or former partners within a cooldown; each has one last partner, so more than three such
/// entries mean one user with many tabs, and anybody else is paired with the first of them. Hence a window of
/// ``window`` entries at the head of each wish, together with the newly queued, is all a step compares. What the
/// passing of time alone allows (cooldown, mixed pairs after a while) or ends (absences) is announced by ``nextTick``.
///
/// Pools do not see each other: a step looks at the pool of whoever it queued, and an empty pool leaves nothing behind.
public struct MatchMachine: Sendable {
    /// How many entries at the head of each wish a step looks at.
    package static let window = 8

    /// The rules of pairing.
    public let policy: MatchPolicy
    /// The earliest time at which ``tick(now:)`` could change something; `nil` when time alone changes nothing.
    public var nextTick: Duration? {
        guard let end = absences.first?.end else { return nextMatch }
        return min(.microseconds(end), nextMatch ?? .microseconds(end))
    }
    /// The earliest time at which time alone could pair somebody.
    private var nextMatch: Duration?

    var participants: [String: Participant] = [:]
    /// The pools in which somebody waits.
    var pools: [String: Pool] = [:]
    /// When time alone may pair two of a pool, in microseconds; only pools for which there is such a time.
    private var dueTimes: [String: Int64] = [:]
    /// Who is away.
    var absences = Absences()
    var events: [MatchEvent] = []
    private var lastNumber: Int64 = 0

    /// Creates an empty machine.
    /// - Parameter policy: the rules of pairing, validated by the caller.
    public init(policy: MatchPolicy = MatchPolicy()) {
        self.policy = policy
    }

    /// Carries out an operation.
    /// - Parameters:
    ///   - operation: what a participant asks.
    ///   - now: the time.
    /// - Returns: the submitter's state afterwards and what participants must be told.
    public mutating func apply(_ operation: MatchOperation, now: Duration) -> MatchOutcome {
        let now = now.microseconds
        switch operation {
        case .find(let id, let user, let wantsVideo, let pool):
            find(id, user: user, wantsVideo: wantsVideo, pool: pool, now: now)
        case .next(let id, let user, let pairID): next(id, user: user, pairID: pairID, now: now)
        case .leave(let id): leave(id, now: now)
        case .disconnect(let id): disconnect(id, now: now)
        case .suspend(let id): suspend(id, now: now)
        case .resume(let id, let user): resume(id, user: user, now: now)
        }
        return MatchOutcome(reply: reply(operation.participant), events: takeEvents())
    }

    /// Gives up who was away too long, and pairs whom the passing of time has made pairable.
    /// - Parameter now: the time, normally ``nextTick``.
    /// - Returns: what participants must be told.
    public mutating func tick(now: Duration) -> [MatchEvent] {
        let now = now.microseconds
        endAbsences(now: now)
        let due = dueTimes.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        for (pool, _) in due { match(in: pool, fresh: [], now: now) }
        return takeEvents()
    }

    /// Disconnects every participant of a lost node; with ``MatchPolicy/reconnectGrace``, suspends them.
    /// - Parameters:
    ///   - tag: the tag that the participants' ids begin with.
    ///   - now: the time.
    /// - Returns: what the survivors must be told.
    public mutating func nodeLost(_ tag: String, now: Duration) -> [MatchEvent] {
        let now = now.microseconds
        guard policy.reconnectGrace == .zero else {
            suspendAll(of: tag, now: now)
            return takeEvents()
        }
        var broken: [(pair: Int64, id: String, survivor: String)] = []
        for (id, lost) in participants where id.hasPrefix(tag) {
            dequeue(id)
            if case .chatting(let pair, let partner) = lost.state, !partner.hasPrefix(tag) {
                broken.append((pair, id, partner))
            }
        }
        // Everybody lost is out of the queue before a survivor may be paired again.
        for (_, id, survivor) in broken.sorted(by: { $0.pair < $1.pair }) {
            separate(id, now: now)
            requeueSurvivor(survivor, now: now)
        }
        for id in participants.keys where id.hasPrefix(tag) { participants[id] = nil }
        return takeEvents()
    }

    /// Remembers when time alone may pair two of a pool.
    mutating func setDueTime(_ time: Int64?, of pool: String) {
        let old = dueTimes[pool]
        guard time != old else { return }
        dueTimes[pool] = time
        let wasNext = old.map { nextMatch == .microseconds($0) } ?? false
        let next = wasNext ? dueTimes.values.min() : [nextMatch?.microseconds, time].compactMap(\.self).min()
        nextMatch = next.map { .microseconds($0) }
    }

    func reply(_ id: String) -> MatchReply {
        switch participants[id]?.state {
        case nil, .idle: .idle
        case .waiting: .waiting
        case .chatting(let pair, _): .chatting(pairID: String(pair))
        }
    }

    /// The next number: greater than every one before, and about the time.
    mutating func nextNumber(now: Int64) -> Int64 {
        lastNumber = max(lastNumber + 1, now)
        return lastNumber
    }

    private mutating func takeEvents() -> [MatchEvent] {
        defer { events = [] }
        return events
    }
}
