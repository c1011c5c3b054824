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
    /// The participant is gone for good (disconnected).
    case disconnect(participant: String)
    /// The participant lost its connection and may come back within ``MatchPolicy/reconnectGrace``: it keeps its chat, or
    /// its place in the queue without being matched. Without a grace it is gone for good.
    case suspend(participant: String)
    /// The participant is back, perhaps on another node, which delivers its events from now on. A chat goes on only for
    /// the `user` that began it; for anybody else it is over.
    case resume(participant: String, user: String?)
}

extension MatchOperation {
    /// The participant that asks.
    public var participant: String {
        switch self {
        case .find(let participant, _, _, _), .next(let participant, _, _), .leave(let participant),
            .disconnect(let participant), .suspend(let participant), .resume(let participant, _):
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
    /// Its partner lost its connection, or is back; may be told again without a change. Client events `partnerAway` and
    /// `partnerBack`.
    case partnerPresence(participant: String, partner: String, pairID: String, Presence)
    /// It is back, in the state in which it went away; what happened to it meanwhile follows as events of its own. `nil`:
    /// it is not known, because it was away too long, or never asked for anything.
    case resumed(participant: String, RetainedState?)
    /// It came back on another node, which delivers its events from now on.
    case adopted(participant: String)
}

/// Whether a partner can be reached.
public enum Presence: String, Sendable, Equatable {
    /// It is connected.
    case here
    /// It lost its connection, and its node keeps what is sent to it.
    case away
    /// It lost its connection together with its node.
    case lost
}

/// The state of a participant when it lost its connection.
public enum RetainedState: Sendable, Equatable {
    /// Neither waiting nor chatting.
    case idle
    /// In the waiting queue, where it kept its place.
    case waiting
    /// In a chat.
    case chatting(partner: String, pairID: String, withVideo: Bool)
}

extension MatchEvent {
    /// The participant that the event is for.
    public var participant: String {
        switch self {
        case .waiting(let participant), .chatStart(let participant, _, _, _), .partnerLeft(let participant, _, _),
            .partnerPresence(let participant, _, _, _), .resumed(let participant, _), .adopted(let participant):
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
