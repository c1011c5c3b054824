import Matchmaking
import SocketIO

/// One socket of *meet* as its own node knows it: what it believes and what follows from each thing that happens.
///
/// The matchmaker is the authority; this is the node's copy for one socket, changed by the matchmaker's events in
/// their order. What partners send each other is checked against it twice: on leaving (``send(_:payload:pairID:)``) and
/// on arrival (``received(_:now:)``).
///
/// Order (applications, A.6.5(7)): per socket, `waiting`, `chatStart` and `partnerLeft` come from the matchmaker in
/// one order. A relay comes another way, so it can be early: the partner heard of the pair first and wrote at once.
/// With Redis that cannot happen, because one script publishes both halves of a pair before anybody can answer, and
/// one connection reads them; in one process with several loops it can. Relays of a pair not known yet are therefore
/// kept, few of them, until `chatStart`.
struct Participant: Sendable {
    /// What it is doing.
    enum State: Sendable, Equatable {
        /// Neither of the following.
        case idle
        /// In the queue.
        case waiting
        /// In a chat.
        case chatting(Chat)
    }

    /// What the socket's node has to do.
    enum Action: Sendable, Equatable {
        /// Raise a barrier, and call ``barrierPassed(_:)`` with this number when it is passed.
        case raiseBarrier(Int)
        /// Send an event to this client.
        case emit(ServerEvent, Arguments)
        /// Send to the partner's node.
        case relay(Relay, to: String)
        /// Send to the partner, whose node is lost, so that it gets it when it is back.
        case keep(Relay, for: String)
        /// Call ``offerTimePassed(now:)`` after this time.
        case watchOffer(Duration)
    }

    /// Most relays kept before `chatStart`.
    static let earlyLimit = 16

    let id: String
    let limits: MeetConfiguration.Limits
    var state = State.idle
    /// Whether the matchmaker was ever asked for something, so that it must hear of the disconnect.
    var isKnown = false
    var gate = Gate()
    /// The last pair that ended.
    private var formerPair: String?
    private var early: [Relay] = []
    /// Requests under way that end a chat for certain: nothing may be sent in it any more.
    private var departures = 0
    private var requests = 0
    var isWatchingOffer = false

    init(id: String, limits: MeetConfiguration.Limits = .init()) {
        self.id = id
        self.limits = limits
    }

    /// The chat that it is in.
    var chat: Chat? { if case .chatting(let chat) = state { chat } else { nil } }
}

// MARK: - Requests to the matchmaker

extension Participant {
    /// A request is submitted.
    /// - Parameters:
    ///   - departs: whether it ends a running chat for certain (`next`, `leaveChat`).
    ///   - wantsToWait: whether it asks for a chat (`findChat`, `next`).
    /// - Returns: the request's number.
    mutating func submitted(departs: Bool, wantsToWait: Bool) -> Int {
        isKnown = true
        if wantsToWait, departs || chat == nil { gate.asked() }
        departures += departs ? 1 : 0
        requests += 1
        return requests
    }

    /// A request was carried out; its events came before.
    mutating func succeeded(_ reply: MatchReply, departs: Bool) {
        departures -= departs ? 1 : 0
        if reply == .idle { end(.idle) }
    }

    /// A request was not carried out.
    /// - Returns: whether it is to be repeated later: the participant wants to wait, is in no chat and has not asked
    ///   for anything else meanwhile.
    mutating func failed(_ number: Int, departs: Bool, wantsToWait: Bool) -> Bool {
        departures -= departs ? 1 : 0
        return wantsToWait && chat == nil && number == requests
    }

    /// Whether a failed request may be repeated now.
    func mayRepeat(_ number: Int) -> Bool { chat == nil && number == requests }
}

// MARK: - What the matchmaker decided

extension Participant {
    /// The matchmaker decided something.
    /// - Parameters:
    ///   - event: what it decided.
    ///   - now: time since any fixed instant.
    /// - Returns: what follows.
    mutating func happened(_ event: MatchEvent, now: Duration) -> [Action] {
        switch event {
        case .waiting:
            end(.waiting)
            return [.emit(.waiting, [])]
        case .chatStart(_, let partner, let pairID, let withVideo):
            return started(Chat(partner: partner, pairID: pairID, withVideo: withVideo), now: now)
        case .partnerLeft(_, let partner, let pairID):
            guard chat?.pairID == pairID else { return [] }
            end(.idle)
            return [.emit(.partnerLeft, Arguments(object: ["partnerId": .text(partner)]))]
        case .partnerPresence(_, _, let pairID, let presence): return partnerIs(presence, in: pairID)
        case .resumed(_, let state): return resumed(state)
        case .adopted:
            // It is somewhere else, though its connection to here may not be closed yet.
            isKnown = false
            end(.idle)
            return []
        }
    }

    private mutating func started(_ chat: Chat, now: Duration) -> [Action] {
        guard chat.pairID != self.chat?.pairID, chat.pairID != formerPair else { return [] }
        end(.chatting(chat))
        let start = Arguments(object: [
            "withVideo": .bool(chat.withVideo), "partnerId": .text(chat.partner), "pairId": .text(chat.pairID),
        ])
        let waited = early.filter { $0.pairID == chat.pairID }
        early = []
        let barrier = gate.chatStarted().map { [Action.raiseBarrier($0)] } ?? []
        return barrier + [.emit(.chatStart, start)] + waited.flatMap { received($0, now: now) }
    }

    /// The client has answered a barrier, or need not.
    /// - Parameter number: that of ``Action/raiseBarrier(_:)``.
    mutating func barrierPassed(_ number: Int) { gate.passed(number) }

    mutating func end(_ next: State) {
        if let chat { formerPair = chat.pairID }
        state = next
    }
}

// MARK: - To and from the partner

extension Participant {
    /// Sends something to the partner.
    /// - Parameters:
    ///   - kind: what it is.
    ///   - payload: the arguments of the event that the partner gets.
    ///   - pairID: the pair that the client meant, if it said so.
    /// - Returns: what follows.
    /// - Throws: ``Refusal/notPaired`` or ``Refusal/stalePair``.
    mutating func send(_ kind: Relay.Kind, payload: Arguments, pairID: String?) throws(Refusal) -> [Action] {
        var chat = try currentChat(pairID)
        if kind == .answer {
            chat.offer = nil
            state = .chatting(chat)
        }
        if chat.presence != .here { try keep(payload) }
        let relay = Relay(kind, pairID: chat.pairID, payload: payload)
        let action: Action = chat.presence == .lost ? .keep(relay, for: chat.partner) : .relay(relay, to: chat.partner)
        return kind == .message ? [action, .emit(.message, payload)] : [action]
    }

    /// The chat that the client is in, unless it has asked to leave it.
    func chatNotLeft() throws(Refusal) -> Chat {
        guard let chat, departures == 0 else { throw .notPaired }
        return chat
    }

    /// The chat in which the client may send something now. The id of the pair proves that it has seen its `chatStart`.
    func currentChat(_ pairID: String?) throws(Refusal) -> Chat {
        let chat = try chatNotLeft()
        guard pairID.map({ $0 == chat.pairID }) ?? gate.isOpen else { throw .stalePair }
        return chat
    }

    /// Whether the client may go on to the next. If it has not seen yet that it was given a new partner, it wants to leave
    /// one that is gone already.
    var mayGoOn: Bool { chat == nil || gate.isOpen }

    /// The partner sent something.
    /// - Parameters:
    ///   - relay: what it sent.
    ///   - now: time since any fixed instant.
    /// - Returns: what follows.
    mutating func received(_ relay: Relay, now: Duration) -> [Action] {
        guard var chat, chat.pairID == relay.pairID else {
            if relay.pairID != formerPair, early.count < Self.earlyLimit { early.append(relay) }
            return []
        }
        defer { state = .chatting(chat) }
        switch relay.kind {
        case .message: return [.emit(.message, relay.payload)]
        case .answer: return [.emit(.answer, relay.payload)]
        case .offer:
            chat.offer = Chat.OpenOffer(relay: relay, received: now)
            return [.emit(.offer, relay.payload)] + watchOffer()
        case .candidate:
            if let count = chat.offer?.candidates.count, count < limits.storedCandidates {
                chat.offer?.candidates.append(relay)
            }
            return [.emit(.candidate, relay.payload)]
        case .ready:
            chat.isPartnerReady = true
            return requestOffer(in: chat)
        case .readyWithOffer:
            chat.isPartnerReady = true
            return []
        }
    }
}

// MARK: - Readiness for a call

extension Participant {
    /// The client says that it is ready for a call (applications, A.7.3).
    ///
    /// Decision: each node relays its member's readiness to the other node, and the node of the smaller id asks its
    /// client for an offer whenever it hears that somebody is ready and both are. An open offer is kept by the node of
    /// the member that got it, which repeats it to that member instead.
    /// - Parameter pairID: the pair that the client meant, if it said so.
    /// - Returns: what follows; nothing in a text chat.
    /// - Throws: ``Refusal/notPaired`` or ``Refusal/stalePair``.
    mutating func ready(pairID: String?) throws(Refusal) -> [Action] {
        var chat = try currentChat(pairID)
        guard chat.withVideo else { return [] }
        chat.isReady = true
        state = .chatting(chat)
        guard let offer = chat.offer else {
            return [.relay(Relay(.ready, pairID: chat.pairID), to: chat.partner)] + requestOffer(in: chat)
        }
        let candidates = offer.candidates.map { Action.emit(.candidate, $0.payload) }
        let repeated = [.emit(.offer, offer.relay.payload)] + candidates
        return [.relay(Relay(.readyWithOffer, pairID: chat.pairID), to: chat.partner)] + repeated
    }

    /// An open offer may have become too old.
    /// - Parameter now: time since the same instant as in ``received(_:now:)``.
    /// - Returns: what follows.
    mutating func offerTimePassed(now: Duration) -> [Action] {
        isWatchingOffer = false
        guard var chat, let offer = chat.offer else { return [] }
        let rest = offer.received + limits.offerLifetime - now
        guard rest <= .zero else {
            isWatchingOffer = true
            return [.watchOffer(rest)]
        }
        chat.offer = nil
        state = .chatting(chat)
        return []
    }

    /// One timer serves all offers of a participant.
    mutating func watchOffer() -> [Action] {
        guard !isWatchingOffer else { return [] }
        isWatchingOffer = true
        return [.watchOffer(limits.offerLifetime)]
    }

    private func requestOffer(in chat: Chat) -> [Action] {
        guard chat.withVideo, chat.isReady, chat.isPartnerReady,
            id.utf8.lexicographicallyPrecedes(chat.partner.utf8)
        else { return [] }
        return [.emit(.createOffer, [])]
    }
}
