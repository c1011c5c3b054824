import Adapter
import Matchmaking
import SocketIO
import SocketServer

/// Participants whose connection breaks keep chat or place for a while (applications, D.1 and F.3).
///
/// ### Decisions
/// 1. *Who asks for it*: every client that was given the means to come back, a private id. Nothing tells at first whether
///    one will use it; the stock JavaScript client always does. Clients of Socket.IO 2.x have none, and are gone at once.
/// 2. *It comes back through connection state recovery* only: same socket id, `recovered` true, on any node that shares the
///    store. What it missed is what the store has for its socket; there is no second buffer.
/// 3. *The matchmaker is asked by middleware*, before the client is let in again, so that whatever the client had sent
///    meanwhile meets a participant that is complete. Who is let in and then does not arrive goes away again.
/// 4. *What the matchmaker decides about an absentee* waits there until it is back. What its partner sends goes on to the
///    absentee's node, which is the judge of it as ever; if that node is lost, the partner's node sends it to the socket id.
extension MeetApplication {
    /// How much longer than the grace an absentee is remembered here, and how long one who is let in may take to arrive.
    private static let arrival = Duration.seconds(5)

    /// Whether participants that lose their connection may come back.
    var hasGrace: Bool { configuration.policy.reconnectGrace > .zero }

    /// A participant lost its connection.
    func suspend(_ participant: Participant, of namespace: Namespace) {
        let id = participant.id
        let number = absentees.add(participant, of: namespace, isReturning: false)
        matchmaker.submit(.suspend(participant: id)) { _ in }
        namespace.schedule(after: configuration.policy.reconnectGrace + Self.arrival) { [absentees] in
            absentees.end(id, number: number)
        }
    }

    /// Middleware: a client that gets its socket back has its participant back, too.
    func resume(_ context: ConnectContext) async {
        guard context.isRecovered, let namespace = namespaces.first(where: { $0.name == context.namespace }) else {
            return
        }
        let (id, user) = (context.socketID, context.storage[IdentityKey.self]?.userID)
        let number = absentees.returns(
            id, orElse: Participant(id: id, limits: configuration.limits), of: namespace)
        await withCheckedContinuation { continuation in
            // If that fails, it is done when the store is back.
            matchmaker.submit(.resume(participant: id, user: user)) { _ in
                // Behind what was decided before.
                namespace.withSocket(id, { _ in continuation.resume() }, absent: { continuation.resume() })
            }
        }
        namespace.schedule(after: Self.arrival) { [self] in
            guard let absentee = absentees.takeReturning(id, number: number) else { return }
            if absentee.participant.isKnown { suspend(absentee.participant, of: namespace) }
        }
    }

    /// The participant of a socket that is connected, and what follows from it.
    func seated(_ socket: Socket, _ identity: Identity?) -> (Participant, [Participant.Action]) {
        let absentee = socket.isRecovered ? absentees.take(socket.id) : nil
        var participant = absentee?.participant ?? Participant(id: socket.id, limits: configuration.limits)
        if hasGrace, socket.isRecovered, absentee?.isReturning != true {
            matchmaker.submit(.resume(participant: socket.id, user: identity?.userID)) { _ in }
        }
        return (participant, participant.reconnected())
    }

    /// Tells a client that has come back what it has come back to. Other clients, which would not know the event, get none.
    func tellSession(_ socket: Socket, _ participant: Participant) {
        guard socket.auth["pid"]?.string != nil else { return }
        socket.emit("session", participant.session)
    }

    /// Changes a participant that is away, and does what follows.
    func change(_ id: String, in namespace: Namespace, _ body: (inout Participant) -> [Participant.Action]) {
        for action in absentees.update(id, of: namespace, body) ?? [] {
            switch action {
            case .emit(let event, let arguments): namespace.to(id).emit(event.rawValue, arguments: arguments)
            case .relay(let relay, let partner): send(relay, to: partner, by: namespace)
            case .keep(let relay, let partner): keep(relay, for: partner)
            case .raiseBarrier, .watchOffer: break  // When it is back.
            }
        }
    }

    /// Sends something to a partner. Its namespace is not known, and does not matter: all of them end in one handler.
    func send(_ relay: Relay, to partner: String, by namespace: Namespace) {
        if let (socket, seat) = seatHere(partner) {
            update(seat, of: socket) { $0.received(relay, now: $1) }
            // Recovery takes who is away for being anywhere.
        } else if namespace.owns(partner) || hasGrace && absentees.contains(partner) {
            update(partner) { $0.received(relay, now: $1) }
        } else {
            namespace.relay(Relay.event, arguments: relay.arguments, to: partner)
        }
    }

    /// Sends something to a partner whose node is lost, so that recovery gives it to it wherever it comes back.
    func keep(_ relay: Relay, for partner: String) {
        // Its namespace is not known, and in the others there is nobody of this id.
        for namespace in namespaces { namespace.to(partner).emit(relay.kind.rawValue, arguments: relay.payload) }
    }
}
