public import Adapter
public import Logging
public import Matchmaking
public import SocketServer
import Synchronization

/// Random one-to-one chat: strangers are paired, write to each other, and exchange what a video call needs
/// (applications, A).
///
/// Client events: `findChat`, `sendMessage`, `next`, `leaveChat`, `ready-to-connect`, `webrtc-offer`, `webrtc-answer`,
/// `ice-candidate`. Server events: `onlineUsers`, `waiting`, `chatStart`, `message`, `partnerLeft`, `create-offer`, and
/// the three of signalling with `from`. Every client event is acknowledged if asked: `{ok:true, …}` or
/// `{ok:false, code, message}` (``Refusal``).
///
/// With a grace (`MatchPolicy.reconnectGrace`) the server must restore connections (`ServerConfiguration.recovery`), for as
/// long, and must not skip middleware, by which who comes back proves again who it is. Without one it must not restore
/// them: a chat ends with the connection, and a client that believes that it is back in its chat would be wrong.
///
/// Beside the server, ``run()`` has to run.
///
/// It holds no queue and no pairs: a `Matchmaker` does. What it knows of each socket is a value, `Participant`.
///
/// ```swift
/// let application = await MeetApplication(
///     configuration: configuration, matchmaker: matchmaker, onlineCount: count, logger: logger)
/// for name in ["/", "/meet"] { application.attach(to: server.namespace(name)) }
/// ```
public final class MeetApplication: Sendable {
    let configuration: MeetConfiguration
    let matchmaker: any Matchmaker
    let online: OnlineAnnouncer
    let authenticator: Authenticator
    let limits: ClientLimits
    let clocks: Clocks
    let log: MeetLog
    let absentees = Absentees()
    let pairings: PairingFigures
    private let attached = Mutex<[Namespace]>([])
    private let counters = Mutex(MeetMetrics())

    /// Creates the application, without namespaces, and starts matchmaker and online count.
    /// - Parameters:
    ///   - configuration: the settings, validated by the caller.
    ///   - matchmaker: decides who is paired.
    ///   - onlineCount: counts the sockets of the cluster.
    ///   - rateLimiter: counts what clients do on all nodes. Default: on this one.
    ///   - nodes: how many nodes there are now, called once in a second. Default: 1.
    ///   - logger: for what happens to participants (debug; never texts, tokens or addresses).
    public convenience init(
        configuration: MeetConfiguration, matchmaker: any Matchmaker, onlineCount: any OnlineCount,
        rateLimiter: any RateLimiter = InProcessRateLimiter(), nodes: @escaping @Sendable () -> Int = { 1 },
        logger: Logger
    ) async {
        await self.init(
            configuration: configuration, matchmaker: matchmaker, onlineCount: onlineCount, rateLimiter: rateLimiter,
            nodes: nodes, clocks: Clocks(), logger: logger)
    }

    init(
        configuration: MeetConfiguration, matchmaker: any Matchmaker, onlineCount: any OnlineCount,
        rateLimiter: any RateLimiter = InProcessRateLimiter(), nodes: @escaping @Sendable () -> Int = { 1 },
        clocks: Clocks, logger: Logger
    ) async {
        self.configuration = configuration
        self.matchmaker = matchmaker
        self.clocks = clocks
        pairings = PairingFigures(uptime: clocks.uptime)
        online = OnlineAnnouncer(onlineCount, interval: configuration.onlineBroadcast, uptime: clocks.uptime)
        limits = ClientLimits(configuration.rates, limiter: rateLimiter, uptime: clocks.uptime, nodes: nodes)
        let authentication = configuration.authentication
        let verifier = await TokenVerifier(
            secrets: authentication.secrets, requireExpiry: authentication.requireExpiry)
        authenticator = Authenticator(configuration: authentication, verifier: verifier, now: clocks.now)
        log = MeetLog(
            logger, isCompatible: configuration.logCompat, showsPersonalData: configuration.logPersonalData)
        matchmaker.start(self)
        online.start()
    }

    /// Looks after what goes on beside the events of clients (what they use of their limits is settled with the other nodes,
    /// and forgotten in time), until the task is cancelled.
    public func run() async {
        await limits.run()
    }

    /// Serves the clients of a namespace. All namespaces share one queue and one online count. To be called before the
    /// server listens.
    /// - Parameter namespace: the namespace.
    public func attach(to namespace: Namespace) {
        attached.withLock { $0.append(namespace) }
        online.attach(to: namespace)
        listen(on: namespace)
        namespace.onRelay(Relay.event) { [self] id, arguments in
            guard let relay = Relay(arguments) else { return }
            update(id) { $0.received(relay, now: $1) }
        }
    }

    /// Checks a token by the rules for sockets, as of now.
    /// - Parameter token: the token, without `Bearer `.
    /// - Returns: who it names.
    /// - Throws: ``TokenVerifier/Failure``.
    public func verify(_ token: String) async throws(TokenVerifier.Failure) -> Identity {
        try await authenticator.verifier.verify(token, now: clocks.now())
    }

    /// What it has done since it was created.
    public var metrics: MeetMetrics {
        var metrics = counters.withLock { $0 }
        metrics.online = online.current
        pairings.read(into: &metrics)
        return metrics
    }

    func count(_ body: (inout MeetMetrics) -> Void) {
        counters.withLock { body(&$0) }
    }
}

extension MeetApplication: MatchEvents {
    /// The matchmaker decided something about a participant of this node.
    /// - Parameter event: what it decided.
    public func happened(_ event: MatchEvent) {
        log.happened(event)
        if case .chatStart = event { count { $0.chats += 1 } }
        if case .adopted(let id) = event { absentees.remove(id) }
        update(event.participant) { $0.happened(event, now: $1) }
    }
}

extension MeetApplication {
    /// Runs something with a participant of this node, on its loop, if it is still there. The order of calls from one
    /// thread is kept.
    /// - Parameters:
    ///   - id: the participant.
    ///   - body: called with its socket, and what that keeps.
    ///   - away: changes it instead if it is away; what follows is done. Default: nothing.
    func withSeat(
        _ id: String, _ body: @escaping @Sendable (Socket, Seat) -> Void,
        away: @escaping @Sendable (inout Participant) -> [Participant.Action] = { _ in [] }
    ) {
        if let (socket, seat) = seatHere(id) { return body(socket, seat) }
        for namespace in namespaces {
            let absent: (@Sendable () -> Void)? =
                hasGrace ? { @Sendable [self] in change(id, in: namespace, away) } : nil
            let present: @Sendable (Socket) -> Void = { socket in
                if let seat = socket.seat { body(socket, seat) } else { absent?() }
            }
            namespace.withSocket(id, present, absent: absent)
        }
    }

    /// Changes a participant of this node on its loop and does what follows.
    func update(_ id: String, _ body: @escaping @Sendable (inout Participant, Duration) -> [Participant.Action]) {
        if let (socket, seat) = seatHere(id) { return update(seat, of: socket, body) }
        withSeat(id) { [self] socket, seat in
            update(seat, of: socket, body)
        } away: { [clocks] participant in
            body(&participant, clocks.uptime())
        }
    }

    /// Changes a participant of this loop and does what follows.
    func update(_ seat: Seat, of socket: Socket, _ body: (inout Participant, Duration) -> [Participant.Action]) {
        let now = clocks.uptime()
        perform(seat.update { body(&$0, now) }, on: socket)
    }

    /// A participant of the loop that this is called on.
    func seatHere(_ id: String) -> (Socket, Seat)? {
        for namespace in namespaces {
            if let socket = namespace.socketHere(id), let seat = socket.seat { return (socket, seat) }
        }
        return nil
    }

    /// Whom it serves.
    var namespaces: [Namespace] { attached.withLock { $0 } }

    /// Has a participant told when its client has seen everything until now. Clients of Socket.IO 2.x cannot be asked.
    private func raiseBarrier(_ number: Int, on socket: Socket) {
        let isRaised = socket.raiseBarrier { $0.seat?.update { $0.barrierPassed(number) } }
        if !isRaised { socket.seat?.update { $0.barrierPassed(number) } }
        guard isRaised, !configuration.strictPair else { return }
        socket.schedule(after: configuration.barrierTimeout) { $0.seat?.update { $0.barrierPassed(number) } }
    }

    /// Does what follows from a change of a participant. On the socket's loop.
    func perform(_ actions: [Participant.Action], on socket: Socket) {
        for action in actions {
            switch action {
            case .raiseBarrier(let number): raiseBarrier(number, on: socket)
            case .emit(let event, let arguments):
                socket.emit(named: event.name, arguments)
            case .relay(let relay, let partner):
                send(relay, to: partner, by: socket.namespace)
            case .keep(let relay, let partner):
                keep(relay, for: partner)
            case .watchOffer(let time):
                socket.schedule(after: time) { [self] socket in
                    update(socket.id) { $0.offerTimePassed(now: $1) }
                }
            }
        }
    }
}
