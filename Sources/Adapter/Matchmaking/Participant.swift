/// What the machine knows about one participant.
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
    /// Whether the current chat, or the last one, is a video chat.
    var withVideo = false
    /// Set while it has lost its connection and may come back.
    var absence: Absence?

    struct Absence: Sendable {
        /// Until when it may come back.
        var end: Int64
        /// Whether its node is lost, too.
        var isLost: Bool
        /// The chat that ended meanwhile, which it has to be told.
        var ended: (pair: Int64, partner: String)?
    }
}
