extension Session {
    /// What to do with a GET request.
    package enum PollResult {
        /// Answer it with these messages.
        case answer([OutgoingMessage])
        /// Answer it with these messages, which end with the close packet, and forget the session.
        case answerLast([OutgoingMessage])
        /// Keep it until there is something to send.
        case hold
        /// Refuse it: the session does not poll (any more).
        case refuse
        /// Refuse it, and end the session: another one is pending, so that the order of messages would be lost.
        case overlap(Ending)
    }

    /// A GET request arrived.
    package mutating func pollArrived() -> PollResult {
        switch phase {
        case .closed: return .refuse
        case .closing:
            phase = .closed
            return .answerLast(takeQueue())
        case .open: break
        }
        guard transport == .polling else { return .refuse }
        if isPollPending { return end(.transportError).map(PollResult.overlap) ?? .refuse }
        if !queue.isEmpty { return .answer(takeQueue()) }
        if case .probed = candidate { return .answer([.noop]) }
        isPollPending = true
        return .hold
    }

    /// The end of a loop turn in which something was queued.
    /// - Returns: what the pending poll is answered with; `nil` if none is pending or nothing is queued.
    package mutating func turnEnded() -> [OutgoingMessage]? {
        guard isPollPending, !queue.isEmpty else { return nil }
        isPollPending = false
        return takeQueue()
    }

    /// The client of the pending poll went away.
    package mutating func pollAborted() -> Ending? {
        guard isPollPending else { return nil }
        isPollPending = false
        return end(.transportClose)
    }

    /// The connection that carried the answer to the last poll ended with it, and the client did not poll again within
    /// `absenceTimeout`. It has never seen that answer: nothing else would tell before the heartbeat does.
    package mutating func pollMissed() -> Ending? {
        guard isOpen, transport == .polling, !isPollPending, case .none = candidate else { return nil }
        return end(.transportClose)
    }

    /// What to do with a POST request.
    package enum PostResult {
        /// Handle its packets.
        case accept
        /// Answer as if: the session is closing and its client does not know yet.
        case ignore
        /// Refuse it: the session does not poll (any more).
        case refuse
        /// Refuse it, and end the session: another one is being read, so that the order of messages would be lost.
        case overlap(Ending)
    }

    /// A POST request has begun, and its body is still to come.
    /// - Returns: the end of the session if another one is being read.
    package mutating func postBegan() -> Ending? {
        guard isOpen, transport == .polling else { return nil }
        if isPostActive { return end(.transportError) }
        isPostActive = true
        return nil
    }

    /// A POST request arrived with its body.
    /// - Parameter hadBegun: whether it is the one that ``postBegan()`` told of.
    /// - Returns: what to do with it.
    package mutating func postArrived(hadBegun: Bool) -> PostResult {
        if hadBegun { isPostActive = false }
        switch phase {
        case .open where transport == .websocket: return .refuse
        case .open where isPostActive: return end(.transportError).map(PostResult.overlap) ?? .refuse
        case .open: return .accept
        case .closing: return .ignore
        case .closed: return .refuse
        }
    }

    /// The POST request that had begun will not be completed.
    /// - Parameter isRefused: whether we refused its body; else the client went away, and what it sent is lost.
    /// - Returns: the end of the session, if it ends.
    package mutating func postAborted(isRefused: Bool) -> Ending? {
        isPostActive = false
        return isRefused ? nil : end(.transportError)
    }

    mutating func takeQueue() -> [OutgoingMessage] {
        defer {
            queue = []
            queuedBytes = 0
            isPongQueued = false
        }
        return queue
    }
}
