import Adapter
import Logging
import Matchmaking
import NIOCore
import Synchronization

/// What comes in: publications, and changes of the connection. All on the event loop of the Redis client.
extension RedisMatchmaker {
    /// What follows from a publication beside events.
    private enum Delivery {
        case answer(Pending, MatchReply)
        case tick(Duration)
        case snapshot(UInt64)
    }

    func received(_ payload: ByteBuffer) {
        let notices = MatchNotice.lines(payload)
        var events: [MatchEvent] = []
        var deliveries: [Delivery] = []
        let receiver = state.withLock { state in
            for notice in notices {
                events += state.mirror.apply(notice)
                if let delivery = Self.delivery(notice, &state) { deliveries.append(delivery) }
            }
            return state.receiver
        }
        if let receiver { for event in events { receiver.happened(event) } }
        for delivery in deliveries { carryOut(delivery) }
    }

    private static func delivery(_ notice: MatchNotice, _ state: inout State) -> Delivery? {
        switch notice {
        case .waiting, .start, .left, .presence, .resumed, .adopted: return nil
        case .reply(let number, _, let reply):
            return state.pending.removeValue(forKey: number).map { .answer($0, reply) }
        case .again(let delay):
            let due = ContinuousClock.now + delay
            if let planned = state.plannedTick, .now < planned, planned <= due { return nil }
            state.plannedTick = due
            return .tick(delay)
        case .state(let participant, let stored):
            state.snapshot[participant] = stored
            return nil
        case .snapshot(let number): return .snapshot(number)
        }
    }

    private func carryOut(_ delivery: Delivery) {
        switch delivery {
        case .answer(let pending, let reply): pending.completion(.success(reply))
        case .tick(let delay):
            redis.loop.scheduleTask(in: TimeAmount(delay) + .milliseconds(1)) { [weak self] in
                if let self, isReady { run(.tick) }
            }
        case .snapshot(let number): reconciled(number)
        }
    }

    func changed(_ new: RedisState) {
        state.withLock { state in
            state.isConnected = new == .connected
            state.phase = .away
        }
        reconcileIfNeeded()
    }
}

/// Reconciliation (decisions 3 and 4 of ``RedisMatchmaker``).
extension RedisMatchmaker {
    /// Asks for a snapshot unless one is under way or nothing is amiss.
    func reconcileIfNeeded() {
        let isNeeded = state.withLock { state in
            switch state.phase {
            case .ready: false
            case .away: state.isConnected
            case .reconciling(_, let since): state.isConnected && ContinuousClock.now - since > Self.deadline
            }
        }
        if isNeeded { reconcile() }
    }

    /// Asks for a snapshot; operations are refused until it has come.
    func reconcile() {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.phase = .reconciling(state.lastNumber, since: .now)
            return state.lastNumber
        }
        run(.snapshot, number: number)
    }

    /// A snapshot has come: its participants, then its number.
    private func reconciled(_ number: UInt64) {
        let taken = state.withLock { state -> (MatchMirror.Reconciliation, [Pending], (any MatchEvents)?)? in
            defer { state.snapshot = [:] }
            guard case .reconciling(number, _) = state.phase else { return nil }
            // Whatever was carried out before the snapshot has been heard of before it; the rest is lost.
            let lost = Array(state.pending.values)
            state.pending = [:]
            return (state.mirror.reconcile(state.snapshot, hasGrace: hasGrace), lost, state.receiver)
        }
        guard let (reconciliation, lost, receiver) = taken else { return }
        for event in reconciliation.events { receiver?.happened(event) }
        for pending in lost { pending.completion(.failure(.unavailable)) }
        for request in reconciliation.requests { run(request) }
        let gone = state.withLock { state in
            if case .reconciling(number, _) = state.phase { state.phase = .ready }
            return reconciliation.stored.filter { !state.mirror.knows($0) }.map { state.mirror.departure(of: $0) }
        }
        for departure in gone { run(.operation(departure)) }
        logger.debug(
            "Matchmaker reconciled",
            metadata: ["restored": "\(reconciliation.requests.count)", "gone": "\(gone.count)"])
    }
}
