import Adapter
import EngineIO
import Matchmaking
import SocketIO
import SocketServer

/// What clients may send, thin: check the arguments, change the participant, do what follows, acknowledge.
extension MeetApplication {
    func listen(on namespace: Namespace) {
        if configuration.authentication.mode != .none {
            namespace.use { [self] context in try await authenticate(&context) }
        }
        if hasGrace { namespace.use { [self] context in await resume(context) } }
        namespace.onConnection { [self] socket in connected(socket) }
        namespace.on("findChat") { [self] event in if allows(.find, event) { find(event) } }
        namespace.on("next") { [self] event in if allows(.find, event) { next(event) } }
        namespace.on("leaveChat") { [self] event in if allows(.find, event) { leave(event) } }
        namespace.on("sendMessage") { [self] event in if allows(.message, event) { sendMessage(event) } }
        namespace.on("ready-to-connect") { [self] event in if allows(.signal, event) { ready(event) } }
        for kind in [Relay.Kind.offer, .answer, .candidate] {
            namespace.on(kind.rawValue) { [self] event in if allows(.signal, event) { signal(kind, event) } }
        }
    }

    /// Whether its sender has not done this too often; if it has, it is told.
    private func allows(_ kind: ClientLimits.Kind, _ event: Event) -> Bool {
        let isAllowed = limits.allows(kind, event.socket)
        if !isAllowed { refuse(event, .rateLimited) }
        return isAllowed
    }

    private func authenticate(_ context: inout ConnectContext) async throws {
        do {
            let header = context.handshake.header("authorization")
            context.storage[IdentityKey.self] = try await authenticator.identify(auth: context.auth, header: header)
        } catch {
            count { $0.authenticationFailures += 1 }
            log.refused(error.message)
            throw error
        }
    }

    private func connected(_ socket: Socket) {
        let identity = socket.storage[IdentityKey.self]
        socket.storage[IdentityKey.self] = nil
        let (participant, actions) = seated(socket, identity)
        socket.storage[SeatKey.self] = Seat(participant, identity: identity, figures: pairings)
        socket.onUnhandled { [self] event in refuse(event, .invalidPayload) }
        socket.onDisconnect { [self, unowned socket] reason in disconnected(socket, reason) }
        online.connected(socket)
        log.connected(socket.id, identity, online: online.current)
        if hasGrace { tellSession(socket, participant) }
        perform(actions, on: socket)
        if configuration.authentication.enforcesExpiry, let expiry = identity?.expiry {
            watchExpiry(of: socket, expiry)
        }
    }

    private func disconnected(_ socket: Socket, _ reason: String) {
        online.disconnected()
        log.disconnected(socket.id, reason: reason, online: online.current)
        guard let participant = socket.seat?.leave(), participant.isKnown else { return }
        if hasGrace, socket.isRecoverable(after: reason) {
            suspend(participant, of: socket.namespace)
        } else {
            matchmaker.submit(.disconnect(participant: socket.id)) { _ in }
        }
    }

    /// Disconnects a socket when its token expires. Looks at the clock at least once an hour, since it may be set.
    private func watchExpiry(of socket: Socket, _ expiry: Double) {
        let rest = min(max(expiry - clocks.now(), 0), 3_600)
        socket.schedule(after: .milliseconds(Int64((rest * 1_000).rounded(.up)))) { [self] socket in
            guard clocks.now() < expiry else { return socket.disconnect() }
            watchExpiry(of: socket, expiry)
        }
    }
}

// MARK: - Pairing

extension MeetApplication {
    private func find(_ event: Event) {
        let request = FindRequest(event.arguments)
        let pool = request.pool
        guard pool.map({ configuration.pools.contains($0) }) ?? true else { return refuse(event, .unknownPool) }
        let (id, identity) = (event.socket.id, event.socket.seat?.identity)
        log.searches(id, identity, wantsVideo: request.wantsVideo)
        if !request.isValid { count { $0.refused[.invalidPayload, default: 0] += 1 } }
        submit(
            .find(participant: id, user: identity?.userID, wantsVideo: request.wantsVideo, pool: pool ?? ""), event,
            refusal: request.isValid ? nil : .invalidPayload)
    }

    private func next(_ event: Event) {
        let (id, seat) = (event.socket.id, event.socket.seat)
        log.goesOn(id)
        guard seat?.update({ $0.mayGoOn }) ?? true else { return refuse(event, .stalePair) }
        let pairID = seat?.update { $0.chat?.pairID }
        submit(.next(participant: id, user: seat?.identity?.userID, pairID: pairID), event)
    }

    private func leave(_ event: Event) {
        submit(.leave(participant: event.socket.id), event)
    }

    private func submit(_ operation: MatchOperation, _ event: Event, refusal: Refusal? = nil) {
        let acknowledgement = event.acknowledgement
        submit(operation, of: event.socket) { result in
            guard let acknowledgement else { return }
            switch result {
            case .success(let reply): acknowledgement(refusal?.value ?? reply.value)
            case .failure: acknowledgement((refusal ?? .unavailable).value)
            }
        }
    }

    /// Submits a request. While the store is away, one who wants to wait is told `waiting`, and the request is repeated
    /// until it succeeds or the client asks for something else (applications, C.4).
    private func submit(
        _ operation: MatchOperation, of socket: Socket, isRepeated: Bool = false,
        _ answer: @escaping @Sendable (Result<MatchReply, MatchmakerError>) -> Void
    ) {
        let (id, departs, wantsToWait) = (socket.id, operation.departs, operation.wantsToWait)
        guard let number = socket.seat?.update({ $0.submitted(departs: departs, wantsToWait: wantsToWait) }) else {
            return
        }
        if wantsToWait, !isRepeated { socket.seat?.asks() }
        matchmaker.submit(operation) { [self] result in
            withSeat(id) { [self] socket, seat in
                switch result {
                case .success(let reply):
                    seat.update { $0.succeeded(reply, departs: departs) }
                case .failure:
                    count { $0.refused[.unavailable, default: 0] += 1 }
                    let repeats = seat.update { $0.failed(number, departs: departs, wantsToWait: wantsToWait) }
                    guard repeats else { break }
                    if !isRepeated { socket.emit(named: ServerEvent.waiting.name, []) }
                    repeatLater(operation, number, socket)
                }
            } away: { participant in
                if case .success(let reply) = result {
                    participant.succeeded(reply, departs: departs)
                } else {
                    _ = participant.failed(number, departs: departs, wantsToWait: false)
                }
                return []
            }
            answer(result)
        }
    }

    private func repeatLater(_ operation: MatchOperation, _ number: Int, _ socket: Socket) {
        socket.schedule(after: configuration.retryDelay) { [self] socket in
            guard socket.seat?.update({ $0.mayRepeat(number) }) == true else { return }
            submit(operation, of: socket, isRepeated: true) { _ in }
        }
    }
}

extension MatchOperation {
    /// Whether it ends a running chat for certain. A `find` may turn out to be a confirmation (applications, F.1).
    var departs: Bool {
        switch self {
        case .next, .leave: true
        case .find, .disconnect, .suspend, .resume: false
        }
    }

    /// Whether its participant wants to be in the queue afterwards.
    var wantsToWait: Bool {
        switch self {
        case .find, .next: true
        case .leave, .disconnect, .suspend, .resume: false
        }
    }
}

extension MatchReply {
    /// The acknowledgement: `{ok:true, state, pairId?}`.
    var value: Value {
        switch self {
        case .idle: ["ok": true, "state": "idle"]
        case .waiting: ["ok": true, "state": "waiting"]
        case .chatting(let pairID): ["ok": true, "state": "chatting", "pairId": .string(pairID)]
        }
    }
}

// MARK: - To the partner

extension MeetApplication {
    private func sendMessage(_ event: Event) {
        relay(event) { seat throws(Refusal) in
            _ = try seat.update { participant throws(Refusal) in try participant.chatNotLeft() }
            let request = try TextRequest(event.arguments, limit: configuration.limits.text)
            let email = configuration.revealEmail ? seat.identity?.email : nil
            let message = Arguments(object: [
                "sender": .text(event.socket.id), "text": .text(request.text),
                "senderEmail": .text(email ?? "Anonymous"), "timestamp": .text(Timestamp.text(clocks.now())),
            ])
            let actions = try seat.update { participant throws(Refusal) in
                try participant.send(.message, payload: message, pairID: request.pairID)
            }
            count { $0.messages += 1 }
            return actions
        }
    }

    private func signal(_ kind: Relay.Kind, _ event: Event) {
        relay(event) { seat throws(Refusal) in
            _ = try seat.update { participant throws(Refusal) in try participant.chatNotLeft() }
            let request = try SignalRequest(kind, event.arguments, limits: configuration.limits)
            let payload = request.payload(from: event.socket.id)
            let actions = try seat.update { participant throws(Refusal) in
                try participant.send(kind, payload: payload, pairID: request.pairID)
            }
            count { $0.signals += 1 }
            return actions
        }
    }

    private func ready(_ event: Event) {
        relay(event) { seat throws(Refusal) in
            let pairID = try TextRequest.pairID(event.arguments, at: 0)
            return try seat.update { participant throws(Refusal) in try participant.ready(pairID: pairID) }
        }
    }

    /// The acknowledgement of what was sent on.
    private static let accepted: Arguments = [["ok": true]]

    private func relay(_ event: Event, _ body: (Seat) throws(Refusal) -> [Participant.Action]) {
        guard let seat = event.socket.seat else { return }
        do {
            perform(try body(seat), on: event.socket)
            event.acknowledge(arguments: Self.accepted)
        } catch {
            refuse(event, error)
        }
    }

    func refuse(_ event: Event, _ refusal: Refusal) {
        count { $0.refused[refusal, default: 0] += 1 }
        event.acknowledge(refusal.value)
    }
}
