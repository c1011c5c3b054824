extension MatchMachine {
    mutating func find(_ id: String, user: String?, wantsVideo: Bool, pool: String, now: Int64) {
        resumeIfAway(id, user: user, now: now)
        let before = participants[id, default: Participant()]
        participants[id, default: Participant()].user = user
        participants[id]?.confirmableUntil = 0
        switch before.state {
        case .chatting where now < before.confirmableUntil:
            wishes(id, wantsVideo, pool)
            return
        case .waiting(let place) where now < before.confirmableUntil:
            dequeue(id)
            wishes(id, wantsVideo, pool)
            enqueue(id, at: place)
        case .idle, .waiting, .chatting:
            separate(id, now: now)
            dequeue(id)
            wishes(id, wantsVideo, pool)
            enqueue(id, at: nextNumber(now: now))
        }
        events.append(.waiting(participant: id))
        match(fresh: [id], now: now)
    }

    mutating func next(_ id: String, user: String?, pairID: String?, now: Int64) {
        resumeIfAway(id, user: user, now: now)
        if let pairID, case .chatting(let pair, _) = participants[id]?.state, String(pair) != pairID { return }
        participants[id, default: Participant()].user = user
        let partner = separate(id, now: now)
        if let partner {
            // The caller stands before its former partner; the partner is told first (A.6.4).
            enqueue(id, at: nextNumber(now: now))
            enqueueByServer(partner, now: now)
        } else if participants[id]?.state == .idle {
            enqueue(id, at: nextNumber(now: now))
        }
        events.append(.waiting(participant: id))
        match(fresh: [id, partner].compactMap(\.self), now: now)
    }

    mutating func leave(_ id: String, now: Int64) {
        resumeIfAway(id, user: participants[id]?.user, now: now)
        separate(id, now: now)
        dequeue(id)
    }

    mutating func disconnect(_ id: String, now: Int64) {
        let partner = separate(id, now: now)
        dequeue(id)
        participants[id] = nil
        if let partner { requeueSurvivor(partner, now: now) }
    }

    /// What follows for the survivor of a disconnect, by policy.
    mutating func requeueSurvivor(_ id: String, now: Int64) {
        guard policy.requeueOnPartnerDisconnect == .server else { return }
        enqueueByServer(id, now: now)
        match(fresh: [id], now: now)
    }

    private mutating func enqueueByServer(_ id: String, now: Int64) {
        enqueue(id, at: nextNumber(now: now))
        participants[id]?.confirmableUntil = now + policy.confirmationWindow.microseconds
        if participants[id]?.absence == nil { events.append(.waiting(participant: id)) }
    }

    /// Ends the chat of a participant, if it is in one: both become idle, the other is told.
    /// - Returns: the former partner.
    @discardableResult
    mutating func separate(_ id: String, now: Int64) -> String? {
        guard case .chatting(let pair, let partner) = participants[id]?.state else { return nil }
        participants[id]?.state = .idle
        participants[id]?.former = .init(partner: partner, ended: now)
        participants[partner]?.state = .idle
        participants[partner]?.former = .init(partner: id, ended: now)
        if participants[partner]?.absence != nil {
            participants[partner]?.absence?.ended = (pair, id)
        } else {
            events.append(.partnerLeft(participant: partner, partner: id, pairID: String(pair)))
        }
        return partner
    }

    /// Remembers what a participant who is not queued wishes from now on.
    private mutating func wishes(_ id: String, _ wantsVideo: Bool, _ pool: String) {
        participants[id]?.wantsVideo = wantsVideo
        participants[id]?.pool = pool
    }

    /// Queues an idle participant at a place, by its wish and pool; one that is away only gets the place.
    mutating func enqueue(_ id: String, at place: Int64) {
        participants[id]?.state = .waiting(place: place)
        guard let participant = participants[id], participant.absence == nil else { return }
        pools[participant.pool, default: Pool()].insert(id, at: place, wantsVideo: participant.wantsVideo)
    }

    /// Takes a participant out of the queue, if it is there.
    mutating func dequeue(_ id: String) {
        guard let participant = participants[id], case .waiting(let place) = participant.state else { return }
        participants[id]?.state = .idle
        vacate(place, of: participant)
    }

    /// Takes a place out of the queue, if it is there.
    mutating func vacate(_ place: Int64, of participant: Participant) {
        pools[participant.pool]?.remove(at: place, wantsVideo: participant.wantsVideo)
        if pools[participant.pool]?.isEmpty == true { pools[participant.pool] = nil }
    }
}
