public import Adapter
public import Logging
public import Matchmaking
import SocketIO
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
/// It holds no queue and no pairs: a ``Matchmaker`` does. What it knows of each socket is a value, `Participant`.
///
/// ```swift
/// let meet = try await Meet(
///     configuration, namespaces: [server.namespace("/"), server.namespace("/meet")], matchmaker: matchmaker,
///     online: count, environment: .init { delay, body in loop.scheduleTask(in: .init(delay), body) }, logger: logger)
/// meet.start()
/// ```
public final class Meet: Sendable {
    /// What it needs of the world.
    public struct Environment: Sendable {
        /// Runs a closure once after a delay, on any thread.
        public var schedule: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
        /// The time since any fixed instant; never runs backwards.
        public var uptime: @Sendable () -> Duration
        /// Seconds since 1970-01-01 UTC.
        public var now: @Sendable () -> Double

        /// Collects it.
        /// - Parameters:
        ///   - uptime: the time since any fixed instant. Default: the continuous clock.
        ///   - now: seconds since 1970-01-01 UTC. Default: the system's clock.
        ///   - schedule: runs a closure once after a delay, on any thread.
        public init(
            uptime: @escaping @Sendable () -> Duration = InProcessMatchmaker.clock(),
            now: @escaping @Sendable () -> Double = WallClock.now,
            schedule: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
        ) {
            self.schedule = schedule
            self.uptime = uptime
            self.now = now
        }
    }

    /// Checks tokens, by the same rules as for sockets.
    public let verifier: TokenVerifier

    let configuration: MeetConfiguration
    let authenticator: Authenticator
    let namespaces: [Namespace]
    let matchmaker: any Matchmaker
    let online: OnlineAnnouncer
    let environment: Environment
    let log: MeetLog
    private let counters = Mutex(MeetMetrics())

    /// Creates the application; ``start()`` puts it to work.
    /// - Parameters:
    ///   - configuration: the settings.
    ///   - namespaces: where its clients connect, at least one. They share one queue and one online count.
    ///   - matchmaker: decides who is paired.
    ///   - online: counts the sockets of the cluster.
    ///   - environment: timers and clocks.
    ///   - logger: for what happens to participants (debug; never texts, tokens or addresses).
    /// - Throws: ``MeetConfigurationError``.
    public init(
        _ configuration: MeetConfiguration, namespaces: [Namespace], matchmaker: any Matchmaker,
        online: any OnlineCount, environment: Environment, logger: Logger
    ) async throws(MeetConfigurationError) {
        try configuration.validate()
        let authentication = configuration.authentication
        verifier = await TokenVerifier(secrets: authentication.secrets, requireExpiry: authentication.requireExpiry)
        authenticator = Authenticator(configuration: authentication, verifier: verifier, now: environment.now)
        self.configuration = configuration
        self.namespaces = namespaces
        self.matchmaker = matchmaker
        self.online = OnlineAnnouncer(
            online, namespaces: namespaces, interval: configuration.onlineBroadcast, environment: environment)
        self.environment = environment
        log = MeetLog(
            logger, isCompatible: configuration.logCompat, showsPersonalData: configuration.logPersonalData)
    }

    /// Registers all handlers. To be called once, before the server listens.
    public func start() {
        matchmaker.start(self)
        online.start()
        for namespace in namespaces {
            listen(on: namespace)
            namespace.onRelay(Relay.event) { [self] id, arguments in
                guard let relay = Relay(arguments) else { return }
                update(id) { $0.received(relay, now: $1) }
            }
        }
    }

    /// What it has done since it was created.
    public var metrics: MeetMetrics {
        var metrics = counters.withLock { $0 }
        metrics.online = online.current
        return metrics
    }

    func count(_ body: (inout MeetMetrics) -> Void) {
        counters.withLock { body(&$0) }
    }
}

extension Meet: MatchEvents {
    /// The matchmaker decided something about a participant of this node.
    /// - Parameter event: what it decided.
    public func happened(_ event: MatchEvent) {
        log.happened(event)
        if case .chatStart = event { count { $0.chats += 1 } }
        update(event.participant) { $0.happened(event, now: $1) }
    }
}

// MARK: - Participants

/// Where a socket keeps its participant, and who it is.
final class Seat: Sendable {
    let identity: Identity?
    /// Used on the socket's loop only, so never contended; the lock makes that no matter of trust.
    private let participant: Mutex<Participant>

    init(_ participant: Participant, identity: Identity?) {
        self.participant = Mutex(participant)
        self.identity = identity
    }

    func update<Result: Sendable, Failure: Error>(
        _ body: (inout Participant) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try participant.withLock { participant throws(Failure) in try body(&participant) }
    }
}

enum SeatKey: StorageKey { typealias Value = Seat }
enum IdentityKey: StorageKey { typealias Value = Identity }

extension Meet {
    /// Runs something with a participant of this node, on its loop, if it is still there.
    func withSeat(_ id: String, _ body: @escaping @Sendable (Socket, Seat) -> Void) {
        for namespace in namespaces {
            namespace.withSocket(id) { socket in
                if let seat = socket.storage[SeatKey.self] { body(socket, seat) }
            }
        }
    }

    /// Changes a participant of this node on its loop and does what follows.
    func update(_ id: String, _ body: @escaping @Sendable (inout Participant, Duration) -> [Participant.Action]) {
        withSeat(id) { [self] socket, seat in
            let now = environment.uptime()
            perform(seat.update { body(&$0, now) }, on: socket)
        }
    }

    /// Does what follows from a change of a participant. On the socket's loop.
    func perform(_ actions: [Participant.Action], on socket: Socket) {
        for action in actions {
            switch action {
            case .emit(let event, let arguments):
                socket.emit(event, arguments: arguments)
            case .relay(let relay, let partner):
                namespaces[0].relay(Relay.event, arguments: relay.arguments, to: partner)
            case .watchOffer(let time):
                socket.schedule(after: time) { [self] socket in
                    update(socket.id) { $0.offerTimePassed(now: $1) }
                }
            }
        }
    }
}
