/// Who is paired with whom: same wish before mixed, oldest first, former partners only when nobody else is there
/// (applications, A.6.1 and A.6.5).
extension MatchMachine {
    private typealias Entry = WaitingQueue.Entry

    /// Two entries of the queue, the earlier first.
    private struct Couple {
        var first: Entry
        var second: Entry
    }

    /// Makes every pair that is possible now in the pools of those whom this step queued.
    /// - Parameters:
    ///   - fresh: participants that this step queued.
    ///   - now: the time in microseconds.
    mutating func match(fresh: [String], now: Int64) {
        var matched: [String] = []
        for id in fresh {
            guard let pool = participants[id]?.pool, !matched.contains(pool) else { continue }
            matched.append(pool)
            match(in: pool, fresh: fresh, now: now)
        }
    }

    /// Makes every pair that is possible now in a pool.
    mutating func match(in pool: String, fresh: [String], now: Int64) {
        var upcoming = Int64.max
        while let couple = findCouple(in: pool, fresh: fresh, now: now, upcoming: &upcoming) {
            join(couple, now: now)
            upcoming = .max
        }
        setDueTime(upcoming == .max ? nil : upcoming, of: pool)
    }

    /// The couple to be joined first; otherwise `upcoming` is the earliest time at which there could be one.
    private func findCouple(in pool: String, fresh: [String], now: Int64, upcoming: inout Int64) -> Couple? {
        guard let pool = pools[pool] else { return nil }
        let places = fresh.compactMap(place)
        let video = pool.video.candidates(window: Self.window, fresh: places)
        let text = pool.text.candidates(window: Self.window, fresh: places)
        guard video.count + text.count > 1 else { return nil }
        let all = (video + text).sorted { $0.place < $1.place }
        for strict in policy.rematch == .preferNew ? [true, false] : [true] {
            for (entries, mixed) in [(video, false), (text, false), (all, true)] {
                for (index, first) in entries.enumerated() {
                    for second in entries[(index + 1)...] {
                        let couple = Couple(first: first, second: second)
                        guard isMixed(couple) == mixed else { continue }
                        let time = earliestTime(for: couple, mixed: mixed, strict: strict)
                        if time <= now { return couple }
                        upcoming = min(upcoming, time)
                    }
                }
            }
        }
        return nil
    }

    /// From when on a couple may be joined: 0 for at once, `Int64.max` for never.
    private func earliestTime(for couple: Couple, mixed: Bool, strict: Bool) -> Int64 {
        guard let first = participants[couple.first.participant], let second = participants[couple.second.participant],
            policy.allowSameUser || first.user == nil || first.user != second.user
        else { return .max }
        var time: Int64 = 0
        if mixed {
            switch policy.mixedMatch {
            case .immediate: break
            case .after(let patience): time = couple.first.place + patience.microseconds
            case .never: return .max
            }
        }
        let former = [
            first.former?.partner == couple.second.participant ? first.former : nil,
            second.former?.partner == couple.first.participant ? second.former : nil,
        ].compactMap { $0?.ended }.max()
        guard let ended = former else { return time }
        switch policy.rematch {
        case .baseline: return time
        case .preferNew: return strict ? .max : time
        case .cooldown(let pause): return max(time, ended + pause.microseconds)
        }
    }

    private mutating func join(_ couple: Couple, now: Int64) {
        let (first, second) = (couple.first.participant, couple.second.participant)
        let wishes = [first, second].map { participants[$0]?.wantsVideo == true }
        let withVideo = policy.mixedVideo == .any ? wishes.contains(true) : !wishes.contains(false)
        let pair = nextNumber(now: now)
        for (id, partner) in [(first, second), (second, first)] {
            dequeue(id)
            participants[id]?.state = .chatting(pair: pair, partner: partner)
            participants[id]?.withVideo = withVideo
            events.append(
                .chatStart(participant: id, partner: partner, pairID: String(pair), withVideo: withVideo))
        }
    }

    private func isMixed(_ couple: Couple) -> Bool {
        participants[couple.first.participant]?.wantsVideo != participants[couple.second.participant]?.wantsVideo
    }

    private func place(of id: String) -> Int64? {
        guard case .waiting(let place) = participants[id]?.state else { return nil }
        return place
    }
}
