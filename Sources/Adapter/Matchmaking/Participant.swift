/// What the machine knows about one connected participant.
struct Participant: Sendable {
    enum State: Sendable, Equatable {
        case idle
        /// `place` tells the order and, in microseconds, since when.
        case waiting(place: Int64)
        case chatting(pair: Int64, partner: String)
    }

    /// Its last pair, for the rematch policy.
    struct Former: Sendable {
        var partner: String
        var ended: Int64
    }

    var state = State.idle
    /// Authenticated user, if any.
    var user: String?
    /// The last wish; survives chats until changed by `find`.
    var wantsVideo = false
    /// Whom it may be paired with: those of the same pool. Survives chats like the wish.
    var pool = ""
    /// Until when its first `find` only confirms that the server queued it (F.1). 0: it acts as usual.
    var confirmableUntil: Int64 = 0
    var former: Former?
}
