extension Session {
    /// A WebSocket asks to take the session over.
    /// - Returns: whether it may try. If not, it is closed and the session goes on as it is.
    package mutating func candidateArrived(now: Duration) -> Bool {
        guard isOpen, transport == .polling, settings.allowsUpgrade, case .none = candidate else { return false }
        candidate = .connected(until: now + settings.upgradeTimeout)
        return true
    }

    /// What to do about a packet of the candidate.
    package enum CandidateResult {
        /// Answer `3probe`, and the pending poll, if there is one, with these messages.
        case answerProbe(poll: [OutgoingMessage]?)
        /// It is the session's transport now: write these messages to it, and answer the pending poll with those.
        case upgraded(queue: [OutgoingMessage], poll: [OutgoingMessage]?)
        /// Close it; the session stays on polling.
        case abandon
    }

    /// A packet arrived on the candidate.
    /// - Parameter packet: the packet; `nil` if it could not be decoded.
    /// - Returns: what to do.
    package mutating func candidateReceived(_ packet: Packet?) -> CandidateResult {
        guard isOpen, let deadline = candidateDeadline else { return .abandon }
        switch packet {
        case .ping(isProbe: true):
            candidate = .probed(until: deadline)
            guard isPollPending else { return .answerProbe(poll: nil) }
            isPollPending = false
            return .answerProbe(poll: queue.isEmpty ? [.noop] : takeQueue())
        case .upgrade:
            candidate = .none
            transport = .websocket
            defer { isPollPending = false }
            return .upgraded(queue: takeQueue(), poll: isPollPending ? [.noop] : nil)
        default:
            candidate = .none
            return .abandon
        }
    }

    /// The candidate closed or failed: the session stays on polling.
    package mutating func candidateClosed() {
        candidate = .none
    }

    /// Until when the upgrade must be complete.
    var candidateDeadline: Duration? {
        switch candidate {
        case .none: nil
        case .connected(let deadline), .probed(let deadline): deadline
        }
    }
}
