extension MatchMachine {
    mutating func find(_ id: String, user: String?, wantsVideo: Bool, now: Int64) {
        let before = participants[id, default: Participant()]
        participants[id, default: Participant()].user = user
        participants[id]?.confirmableUntil = 0
        switch before.state {
        case .chatting where now < before.confirmableUntil:
            participants[id]?.wantsVideo = wantsVideo
            return
        case .waiting(let place) where now < before.confirmableUntil:
            dequeue(id)
            enqueue(id, at: place, wantsVideo: wantsVideo)
        case .idle, .waiting, .chatting:
            separate(id, now: now)
            dequeue(id)
            enqueue(id, at: nextNumber(now: now), wantsVideo: wantsVideo)
        }
        events.append(.waiting(participant: id))
        match(fresh: [id], now: now)
    }

    mutating func next(_ id: String, user: String?, now: Int64) {
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
        events.append(.waiting(participant: id))
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
        events.append(.partnerLeft(participant: partner, partner: id, pairID: String(pair)))
        return partner
    }

    /// Queues an idle participant at a place; its wish stays unless told.
    mutating func enqueue(_ id: String, at place: Int64, wantsVideo: Bool? = nil) {
        if let wantsVideo { participants[id]?.wantsVideo = wantsVideo }
        participants[id]?.state = .waiting(place: place)
        if participants[id]?.wantsVideo == true {
            videoQueue.insert(id, at: place)
        } else {
            textQueue.insert(id, at: place)
        }
    }

    /// Takes a participant out of the queue, if it is there.
    mutating func dequeue(_ id: String) {
        guard let participant = participants[id], case .waiting(let place) = participant.state else { return }
        participants[id]?.state = .idle
        if participant.wantsVideo { videoQueue.remove(at: place) } else { textQueue.remove(at: place) }
    }
}
