import Matchmaking

/// What the sockets of this node believe to be, and what their clients were therefore told last.
///
/// A participant enters with its first operation and leaves with `disconnect` or `suspend`. Each notice is applied in the order of
/// the inbox; what the participant knows already, or what concerns a pair that it is not in, is not told again.
struct MatchMirror {
    private struct Belief {
        var state = MatchNotice.StoredState.idle
        var user: String?
        var wantsVideo = false
        var pool = ""
        /// Whether it is back and the store has not yet said in which state.
        var isReturning = false
    }

    /// A part of the waiting queue.
    struct Queue: Hashable {
        var pool: String
        var wantsVideo: Bool
    }

    private var beliefs: [String: Belief] = [:]
    /// Who lost its connection, of which the store may not know yet; with the number that its reply will have, 0 if it will
    /// have none. What was decided before that reply is still told.
    private var suspended: [String: UInt64] = [:]

    /// The parts of the queue in which somebody from here waits, or may wait by now.
    var queues: Set<Queue> {
        Set(beliefs.values.lazy.map { Queue(pool: $0.pool, wantsVideo: $0.wantsVideo) })
    }

    /// Whether a participant is connected here.
    func knows(_ participant: String) -> Bool { beliefs[participant] != nil && suspended[participant] == nil }

    /// Remembers what a participant asks, before it is sent.
    /// - Parameters:
    ///   - operation: what it asks.
    ///   - number: that the reply will have; 0 if it will not be sent.
    mutating func submitted(_ operation: MatchOperation, number: UInt64 = 0) {
        switch operation {
        case .find(let id, let user, let wantsVideo, let pool):
            beliefs[id, default: Belief()].user = user
            beliefs[id]?.wantsVideo = wantsVideo
            beliefs[id]?.pool = pool
        case .next(let id, let user, _): beliefs[id, default: Belief()].user = user
        case .leave: break
        case .disconnect(let id):
            beliefs[id] = nil
            suspended[id] = nil
        case .suspend(let id): suspended[id] = number
        case .resume(let id, let user):
            beliefs[id, default: Belief()].user = user
            beliefs[id]?.isReturning = true
            suspended[id] = nil
        }
    }

    /// What the store has to be told about somebody who is not connected here, and whom it takes for connected.
    mutating func departure(of participant: String) -> MatchOperation {
        suspended.removeValue(forKey: participant) == nil
            ? .disconnect(participant: participant) : .suspend(participant: participant)
    }

    /// Applies what happened.
    /// - Parameter notice: a line of the inbox.
    /// - Returns: what the participant must be told.
    mutating func apply(_ notice: MatchNotice) -> [MatchEvent] {
        switch notice {
        case .waiting(let id, let place):
            guard beliefs[id] != nil else { return [] }
            beliefs[id]?.state = .waiting(place: place)
            return [.waiting(participant: id)]
        case .start(let id, let partner, let pair, let withVideo):
            return become(id, .chatting(pair: pair, partner: partner, withVideo: withVideo))
        case .left(let id, _, let pair):
            guard let place = beliefs.index(forKey: id), case .chatting(pair, _, _) = beliefs.values[place].state
            else { return [] }
            return become(id, at: place, .idle)
        case .presence(let id, let partner, let pair, let presence):
            guard case .chatting(pair, _, _)? = beliefs[id]?.state else { return [] }
            return [.partnerPresence(participant: id, partner: partner, pairID: String(pair), presence)]
        case .resumed(let id, let resumption): return resumed(id, resumption)
        case .adopted(let id):
            (beliefs[id], suspended[id]) = (nil, nil)
            return [.adopted(participant: id)]
        case .reply(let number, let id, let reply):
            if reply == .idle { beliefs[id]?.state = .idle }
            if suspended[id] == number { (beliefs[id], suspended[id]) = (nil, nil) }
            return []
        case .again, .state, .snapshot: return []
        }
    }

    private mutating func resumed(_ id: String, _ resumption: MatchNotice.Resumption?) -> [MatchEvent] {
        guard var belief = beliefs[id] else { return [] }
        belief.isReturning = false
        belief.state = resumption?.state ?? .idle
        if let resumption { (belief.wantsVideo, belief.pool) = (resumption.wantsVideo, resumption.pool) }
        beliefs[id] = belief
        return [.resumed(participant: id, resumption?.state.retained)]
    }

    /// What the steps that lead from the believed state to another one would have told.
    private mutating func become(_ id: String, _ state: MatchNotice.StoredState) -> [MatchEvent] {
        guard let place = beliefs.index(forKey: id) else { return [] }
        return become(id, at: place, state)
    }

    private mutating func become(
        _ id: String, at place: Dictionary<String, Belief>.Index, _ state: MatchNotice.StoredState
    ) -> [MatchEvent] {
        let old = beliefs.values[place].state
        guard old != state else { return [] }
        beliefs.values[place].state = state
        var events: [MatchEvent] = []
        if case .chatting(let pair, let partner, _) = old {
            events.append(.partnerLeft(participant: id, partner: partner, pairID: String(pair)))
        }
        switch (old, state) {
        case (_, .idle), (_, .away), (.waiting, .waiting): break
        case (_, .waiting): events.append(.waiting(participant: id))
        case (let old, .chatting(let pair, let partner, let withVideo)):
            if case .waiting = old {} else { events.append(.waiting(participant: id)) }
            events.append(
                .chatStart(participant: id, partner: partner, pairID: String(pair), withVideo: withVideo))
        }
        return events
    }
}

extension MatchMirror {
    /// What a snapshot of the store leads to.
    struct Reconciliation {
        /// What local participants must be told.
        var events: [MatchEvent] = []
        /// What the store has to be asked: to queue those who wait here and are not known to wait there, oldest first;
        /// and to have back those who are here and whom it takes for away.
        var requests: [MatchScript.Request] = []
        /// Everybody who has, or will have by the restores, a record in the store.
        var stored: [String] = []
    }

    /// Compares every belief with what the store has of this node's participants.
    /// - Parameters:
    ///   - snapshot: taken by the store at the point of the inbox where it arrives.
    ///   - hasGrace: whether who is not in the snapshot may be among those whose node is lost: others took this one for
    ///     that.
    /// - Returns: what must be told and done to make both agree.
    mutating func reconcile(
        _ snapshot: [String: MatchNotice.StoredState], hasGrace: Bool = false
    ) -> Reconciliation {
        var result = Reconciliation()
        var waiting: [(place: Int64, id: String)] = []
        for id in suspended.keys { beliefs[id] = nil }
        suspended = suspended.filter { id, _ in snapshot[id].map { $0 != .away } ?? false }
        for (id, belief) in beliefs {
            let stored = snapshot[id]
            switch (belief.state, stored ?? .idle) {
            case (_, _) where belief.isReturning, (_, .away): result.requests.append(.resume(id, belief.user))
            case (.waiting(let place), .idle): waiting.append((place, id))
            case (.chatting, .idle) where stored == nil && hasGrace: result.requests.append(.resume(id, belief.user))
            case (_, let stored): result.events += become(id, stored)
            }
        }
        for (place, id) in waiting.sorted(by: { $0.place < $1.place }) {
            guard let belief = beliefs[id] else { continue }
            result.requests.append(
                .restore(
                    participant: id, user: belief.user, wantsVideo: belief.wantsVideo, pool: belief.pool, place: place))
        }
        result.stored = snapshot.filter { $0.value != .away }.map(\.key) + waiting.map(\.id)
        return result
    }
}

extension MatchNotice.StoredState {
    /// As participants' nodes are told it.
    var retained: RetainedState {
        switch self {
        case .idle, .away: .idle
        case .waiting: .waiting
        case .chatting(let pair, let partner, let withVideo):
            .chatting(partner: partner, pairID: String(pair), withVideo: withVideo)
        }
    }
}

extension MatchScript.Request {
    fileprivate static func resume(_ id: String, _ user: String?) -> Self {
        .operation(.resume(participant: id, user: user))
    }
}
