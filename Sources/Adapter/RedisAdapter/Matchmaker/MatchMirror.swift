import Matchmaking

/// What the sockets of this node believe to be, and what their clients were therefore told last.
///
/// A participant enters with its first operation and leaves with `disconnect`. Each notice is applied in the order of
/// the inbox; what the participant knows already, or what concerns a pair that it is not in, is not told again.
struct MatchMirror {
    private struct Belief {
        var state = MatchNotice.StoredState.idle
        var user: String?
        var wantsVideo = false
        var pool = ""
    }

    /// A part of the waiting queue.
    struct Queue: Hashable {
        var pool: String
        var wantsVideo: Bool
    }

    private var beliefs: [String: Belief] = [:]

    /// The parts of the queue in which somebody from here waits, or may wait by now.
    var queues: Set<Queue> {
        Set(beliefs.values.lazy.map { Queue(pool: $0.pool, wantsVideo: $0.wantsVideo) })
    }

    /// Whether a participant is connected here.
    func knows(_ participant: String) -> Bool { beliefs[participant] != nil }

    /// Remembers what a participant asks, before it is sent.
    mutating func submitted(_ operation: MatchOperation) {
        switch operation {
        case .find(let id, let user, let wantsVideo, let pool):
            beliefs[id, default: Belief()].user = user
            beliefs[id]?.wantsVideo = wantsVideo
            beliefs[id]?.pool = pool
        case .next(let id, let user, _): beliefs[id, default: Belief()].user = user
        case .leave: break
        case .disconnect(let id): beliefs[id] = nil
        }
    }

    /// Applies what happened.
    /// - Parameter notice: a line of the inbox.
    /// - Returns: what the participant must be told.
    mutating func apply(_ notice: MatchNotice) -> [MatchEvent] {
        switch notice {
        case .waiting(let id, let place):
            guard knows(id) else { return [] }
            beliefs[id]?.state = .waiting(place: place)
            return [.waiting(participant: id)]
        case .start(let id, let partner, let pair, let withVideo):
            return become(id, .chatting(pair: pair, partner: partner, withVideo: withVideo))
        case .left(let id, _, let pair):
            guard case .chatting(pair, _, _)? = beliefs[id]?.state else { return [] }
            return become(id, .idle)
        case .reply(_, let id, .idle):
            beliefs[id]?.state = .idle
            return []
        case .reply, .again, .state, .snapshot: return []
        }
    }

    /// What the steps that lead from the believed state to another one would have told.
    private mutating func become(_ id: String, _ state: MatchNotice.StoredState) -> [MatchEvent] {
        guard let old = beliefs[id]?.state, old != state else { return [] }
        beliefs[id]?.state = state
        var events: [MatchEvent] = []
        if case .chatting(let pair, let partner, _) = old {
            events.append(.partnerLeft(participant: id, partner: partner, pairID: String(pair)))
        }
        switch (old, state) {
        case (_, .idle), (.waiting, .waiting): break
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
        /// Participants that wait here and are not known to wait there, oldest first.
        var restores: [MatchScript.Request] = []
        /// Everybody who has, or will have by the restores, a record in the store.
        var stored: [String] = []
    }

    /// Compares every belief with what the store has of this node's participants.
    /// - Parameter snapshot: taken by the store at the point of the inbox where it arrives.
    /// - Returns: what must be told and done to make both agree.
    mutating func reconcile(_ snapshot: [String: MatchNotice.StoredState]) -> Reconciliation {
        var result = Reconciliation()
        var waiting: [(place: Int64, id: String)] = []
        for (id, belief) in beliefs {
            switch (belief.state, snapshot[id] ?? .idle) {
            case (.waiting(let place), .idle): waiting.append((place, id))
            case (_, let stored): result.events += become(id, stored)
            }
        }
        for (place, id) in waiting.sorted(by: { $0.place < $1.place }) {
            guard let belief = beliefs[id] else { continue }
            result.restores.append(
                .restore(
                    participant: id, user: belief.user, wantsVideo: belief.wantsVideo, pool: belief.pool, place: place))
        }
        result.stored = Array(snapshot.keys) + waiting.map(\.id)
        return result
    }
}
