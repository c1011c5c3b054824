/// Participants that lost their connection and may come back (applications, D.1): they keep chat or place for a while and
/// are not matched. What happens to them meanwhile they are told when they are back.
extension MatchMachine {
    mutating func suspend(_ id: String, now: Int64) {
        guard policy.reconnectGrace > .zero else { return disconnect(id, now: now) }
        guard participants[id]?.absence == nil else { return }
        goAway(id, isLost: false, now: now)
        tellPartner(of: id)
    }

    /// Suspends all participants of a lost node.
    mutating func suspendAll(of tag: String, now: Int64) {
        let lost = participants.filter { $0.key.hasPrefix(tag) && $0.value.absence?.isLost != true }
        for id in lost.keys { goAway(id, isLost: true, now: now) }
        // Everybody lost is away before a survivor is told.
        let chats = lost.compactMap { id, participant -> (pair: Int64, id: String)? in
            guard case .chatting(let pair, _) = participant.state else { return nil }
            return (pair, id)
        }
        for (_, id) in chats.sorted(by: { $0.pair < $1.pair }) { tellPartner(of: id) }
    }

    mutating func resume(_ id: String, user: String?, now: Int64) {
        guard let participant = participants[id] else { return events.append(.resumed(participant: id, nil)) }
        participants[id]?.absence = nil
        participants[id]?.user = user
        events.append(.resumed(participant: id, participant.retained))
        if let ended = participant.absence?.ended {
            events.append(.partnerLeft(participant: id, partner: ended.partner, pairID: String(ended.pair)))
        }
        switch participant.state {
        case .idle: break
        case .chatting(let pair, let partner):
            if participant.user == user {
                tell(id, about: partner)
                if participant.absence != nil { tell(partner, about: id) }
            } else {
                // Nobody goes on with a chat that another user began.
                separate(id, now: now)
                events.append(.partnerLeft(participant: id, partner: partner, pairID: String(pair)))
            }
        case .waiting(let place):
            guard let absence = participant.absence else { break }
            if absence.ended != nil { events.append(.waiting(participant: id)) }
            enqueue(id, at: place)
            match(fresh: [id], now: now)
        }
    }

    /// Who asks for something is back.
    mutating func resumeIfAway(_ id: String, user: String?, now: Int64) {
        if participants[id]?.absence != nil { resume(id, user: user, now: now) }
    }

    /// Disconnects those who were away too long.
    mutating func endAbsences(now: Int64) {
        for entry in absences.removeEnded(now: now) where participants[entry.participant]?.absence?.end == entry.end {
            disconnect(entry.participant, now: now)
        }
    }

    /// It keeps its state, and leaves the queue. Who is away already does not get more time.
    private mutating func goAway(_ id: String, isLost: Bool, now: Int64) {
        guard let participant = participants[id] else { return }
        if participant.absence != nil {
            participants[id]?.absence?.isLost = isLost
            return
        }
        if case .waiting(let place) = participant.state { vacate(place, of: participant) }
        let end = now + policy.reconnectGrace.microseconds
        participants[id]?.absence = .init(end: end, isLost: isLost)
        absences.append(id, until: end)
    }

    private mutating func tellPartner(of id: String) {
        guard case .chatting(_, let partner) = participants[id]?.state else { return }
        tell(partner, about: id)
    }

    /// Tells a participant about its partner, unless it is away itself.
    private mutating func tell(_ id: String, about partner: String) {
        guard let participant = participants[id], participant.absence == nil,
            case .chatting(let pair, _) = participant.state
        else { return }
        let absence = participants[partner]?.absence
        let presence: Presence = absence.map { $0.isLost ? .lost : .away } ?? .here
        events.append(.partnerPresence(participant: id, partner: partner, pairID: String(pair), presence))
    }
}

extension Participant {
    /// Its state when it went away.
    fileprivate var retained: RetainedState {
        if let ended = absence?.ended {
            return .chatting(partner: ended.partner, pairID: String(ended.pair), withVideo: withVideo)
        }
        return switch state {
        case .idle: .idle
        case .waiting: .waiting
        case .chatting(let pair, let partner):
            .chatting(partner: partner, pairID: String(pair), withVideo: withVideo)
        }
    }
}
