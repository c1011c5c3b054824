extension MatchMachine {
    /// What contradicts the invariants 1–4 of the specification (applications, A.6.5), in words. Empty when sound.
    ///
    /// Each participant has one state by construction; invariant 5 concerns events and is checked by whoever sees them.
    package var violations: [String] {
        var found: [String] = []
        let queued = pools.flatMap { name, pool in
            pool.video.entries.map { ($0, true, name) } + pool.text.entries.map { ($0, false, name) }
        }
        for (entry, wantsVideo, pool) in queued {
            guard let participant = participants[entry.participant] else {
                found.append("\(entry.participant) is queued but unknown")
                continue
            }
            if participant.state != .waiting(place: entry.place) || participant.wantsVideo != wantsVideo
                || participant.pool != pool || participant.absence != nil
            {
                found.append("\(entry.participant) is queued at \(entry.place) but \(participant.state)")
            }
        }
        if pools.values.contains(where: \.isEmpty) { found.append("an empty pool is kept") }
        let waiting = participants.values.count { participant in
            if case .waiting = participant.state { participant.absence == nil } else { false }
        }
        for (id, participant) in participants {
            guard let end = participant.absence?.end else { continue }
            if !absences.entries.contains(where: { $0.participant == id && $0.end == end }) {
                found.append("nobody looks when \(id) has been away too long")
            }
        }
        if waiting != queued.count { found.append("\(waiting) wait, \(queued.count) are queued") }
        for (id, participant) in participants {
            guard case .chatting(let pair, let partner) = participant.state else { continue }
            if partner == id || participants[partner]?.state != .chatting(pair: pair, partner: id) {
                found.append("\(id) chats with \(partner), which does not chat with it")
            }
            if !policy.allowSameUser, participant.user != nil, participants[partner]?.user == participant.user {
                found.append("\(id) chats with \(partner), a socket of the same user")
            }
        }
        return found
    }
}
