import Matchmaking
import SocketIO

/// Connections that are lost, its own or its partner's, and are back in time (applications, D.1).
extension Participant {
    /// The partner lost its connection, or is back; the client is told if that is new.
    mutating func partnerIs(_ presence: Presence, in pairID: String) -> [Action] {
        guard var chat, chat.pairID == pairID else { return [] }
        let wasHere = chat.presence == .here
        chat.presence = presence
        if presence == .here { chat.kept = Chat.Kept() }
        state = .chatting(chat)
        guard wasHere != (presence == .here) else { return [] }
        return [.emit(wasHere ? .partnerAway : .partnerBack, [["partnerId": .string(chat.partner)]])]
    }

    /// Its own connection is back; what happened meanwhile follows.
    /// - Parameter retained: its state when it went away; `nil` if the matchmaker does not know it.
    /// - Returns: what follows: a chat that the client believes to be in, and that is over, is over for it, too.
    mutating func resumed(_ retained: RetainedState?) -> [Action] {
        isKnown = retained != nil
        if case .chatting(_, chat?.pairID, _)? = retained { return [] }
        let left = chat.map { Action.emit(.partnerLeft, [["partnerId": .string($0.partner)]]) }
        switch retained {
        case .chatting(let partner, let pairID, let withVideo):
            // It was on another node. What its client was told about the partner is not known: so it is told again.
            _ = gate.chatStarted()
            end(.chatting(Chat(partner: partner, pairID: pairID, withVideo: withVideo, presence: .away)))
        case .waiting: end(.waiting)
        case .idle, nil: end(.idle)
        }
        return [left].compactMap(\.self)
    }

    /// Its client is connected again, with a new socket of the same id.
    /// - Returns: what follows: timers and barriers ended with the former socket.
    mutating func reconnected() -> [Action] {
        isWatchingOffer = false
        let barrier = gate.awaited.map { [Action.raiseBarrier($0)] } ?? []
        return barrier + (chat?.offer == nil ? [] : watchOffer())
    }

    /// Something for a partner who is away takes its place among what is kept.
    /// - Throws: ``Refusal/partnerAway`` when that is too much.
    mutating func keep(_ payload: Arguments) throws(Refusal) {
        guard var chat else { return }
        chat.kept.count += 1
        chat.kept.bytes += payload.size(at: 0) ?? 0
        guard chat.kept.count <= limits.keptMessages, chat.kept.bytes <= limits.keptBytes else { throw .partnerAway }
        state = .chatting(chat)
    }

    /// What a client is told that has come back: `{sessionId, resumed, state, pairId?}` (applications, A.13).
    var session: Value {
        var fields: [Value.Object.Member] = [
            .init(key: "sessionId", value: .string(id)), .init(key: "resumed", value: .bool(isKnown)),
        ]
        switch state {
        case .idle: fields.append(.init(key: "state", value: "idle"))
        case .waiting: fields.append(.init(key: "state", value: "waiting"))
        case .chatting(let chat):
            fields.append(.init(key: "state", value: "chatting"))
            fields.append(.init(key: "pairId", value: .string(chat.pairID)))
        }
        return .object(Value.Object(fields))
    }
}
