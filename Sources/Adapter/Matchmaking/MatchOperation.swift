/// What a participant (a socket of *meet*) asks of the matchmaker (applications, A.6.4).
public enum MatchOperation: Sendable, Equatable {
    /// Leave the current chat, if any, and wait for a partner (`findChat`).
    /// - `user`: authenticated user id; two sockets of one user are never paired. `nil` for anonymous.
    /// - `pool`: only participants of one pool are paired; printable ASCII without blanks. Empty (default) is the
    ///   common pool.
    case find(participant: String, user: String?, wantsVideo: Bool, pool: String = "")
    /// Leave the current chat and wait together with the former partner, or make sure to be waiting (`next`), in the
    /// pool of the last `find`.
    /// - `pairID`: the chat that the participant is in, as its node knows it. Nothing happens if it is in another by now:
    ///   then its partner went on at the same time, and a pair ends once. `nil` (default) for whatever chat it is in.
    case next(participant: String, user: String?, pairID: String? = nil)
    /// Leave chat or queue and become idle (`leaveChat`).
    case leave(participant: String)
    /// The participant is gone (disconnected).
    case disconnect(participant: String)
}

extension MatchOperation {
    /// The participant that asks.
    public var participant: String {
        switch self {
        case .find(let participant, _, _, _), .next(let participant, _, _), .leave(let participant),
            .disconnect(let participant):
            participant
        }
    }
}

/// The state of the submitting participant after its operation.
public enum MatchReply: Sendable, Equatable {
    /// Neither waiting nor chatting.
    case idle
    /// In the waiting queue.
    case waiting
    /// In a chat.
    case chatting(pairID: String)
}

/// What happened to a participant, for its node to tell the client and to remember.
public enum MatchEvent: Sendable, Equatable {
    /// It is (or is confirmed to be) in the queue. Client event `waiting`.
    case waiting(participant: String)
    /// It was paired. Client event `chatStart`. Pair ids are decimal numbers that only increase.
    case chatStart(participant: String, partner: String, pairID: String, withVideo: Bool)
    /// Its partner left the pair. Client event `partnerLeft`.
    case partnerLeft(participant: String, partner: String, pairID: String)
}

extension MatchEvent {
    /// The participant that the event is for.
    public var participant: String {
        switch self {
        case .waiting(let participant), .chatStart(let participant, _, _, _), .partnerLeft(let participant, _, _):
            participant
        }
    }
}

/// What one operation led to.
public struct MatchOutcome: Sendable, Equatable {
    /// State of the submitter afterwards.
    public var reply: MatchReply
    /// What participants must be told, in order; the submitter's own events included.
    public var events: [MatchEvent]

    /// Creates an outcome.
    /// - Parameters:
    ///   - reply: state of the submitter afterwards.
    ///   - events: what participants must be told, in order. Default is nothing.
    public init(reply: MatchReply, events: [MatchEvent] = []) {
        self.reply = reply
        self.events = events
    }
}
