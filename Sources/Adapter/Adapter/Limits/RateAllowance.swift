import Synchronization

/// What one account or address may still do, as one node knows it: decided at once, and settled with the other nodes
/// afterwards by the ``RateAllowances`` that it comes from.
public final class RateAllowance: Sendable {
    private struct State {
        var bucket = RateBucket()
        /// Taken here, and not settled with the other nodes.
        var unsettled = 0
        /// The nodes together have taken everything: nothing is given here before the debt is settled. When the common
        /// bucket is asked again.
        var refusedUntil: Duration?
        /// Whether the table looks at it when the interval ends.
        var isListed = false
    }

    /// What is to be done at the end of an interval.
    enum Settlement: Equatable {
        /// Nothing: it was used no more than this node's share.
        case none
        /// Nothing yet, but it owes something.
        case later
        /// So many tokens are to be taken out of the common bucket, at most a full one.
        case now(Int)
    }

    /// Name of the bucket that all nodes share.
    let key: String
    private let table: RateAllowances
    private let state = Mutex(State())

    init(_ key: String, of table: RateAllowances) {
        self.key = key
        self.table = table
    }

    /// Takes a token, if there is one. Never suspends.
    /// - Returns: whether there was one.
    public func take() -> Bool {
        let now = table.now()
        let (isAllowed, isNew) = state.withLock { state in
            guard state.refusedUntil == nil else { return (false, false) }
            guard state.bucket.take(1, table.quota, now: now) == .allowed else { return (false, false) }
            state.unsettled += 1
            defer { state.isListed = true }
            return (true, !state.isListed)
        }
        if isNew { table.list(self) }
        return isAllowed
    }

    /// Whether it is as good as a new one.
    func isUnused(now: Duration) -> Bool {
        state.withLock { !$0.isListed && $0.bucket.isFull(now: now) }
    }

    /// The interval is over.
    /// - Parameters:
    ///   - share: what may be taken here in an interval without asking anybody.
    ///   - now: the time.
    /// - Returns: what is to be done.
    func intervalEnded(share: Int, now: Duration) -> Settlement {
        state.withLock { state in
            if let end = state.refusedUntil {
                // By instalments: a node in debt that asked for all of it at once would never be before the others.
                return now >= end ? .now(min(state.unsettled, table.instalment)) : .later
            }
            guard state.unsettled > share else {
                (state.unsettled, state.isListed) = (0, false)
                return .none
            }
            return .now(min(state.unsettled, table.quota.burst))
        }
    }

    /// The common bucket was asked. If it had not enough, the debt stays, and nothing is given here until it is settled.
    /// - Parameters:
    ///   - tokens: for how many.
    ///   - decision: what it said.
    ///   - now: the time.
    /// - Returns: whether there is still something to settle.
    func settled(_ tokens: Int, _ decision: RateDecision, now: Duration) -> Bool {
        state.withLock { state in
            switch decision {
            case .allowed:
                state.unsettled -= tokens
                if state.unsettled == 0 { state.refusedUntil = nil }
            case .limited(let wait):
                state.refusedUntil = now + wait
            }
            state.isListed = state.unsettled > 0
            return state.isListed
        }
    }
}
