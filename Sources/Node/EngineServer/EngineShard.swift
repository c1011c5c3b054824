import EngineIO
import Entropy
import Figures
import Logging
import NIOCore

/// The part of an engine that lives on one event loop: its sessions, their timers and their output.
final class EngineShard {
    let index: Int
    let loop: any EventLoop
    let configuration: EngineConfiguration
    let outbox: Outbox
    let compressors: Compressors
    let timers: SessionTimers
    let tally: LoopTally
    private let ids: SessionIDs
    private let settings: Session.Settings
    private let openOnPolling: OpenPacket
    private let openOnWebSocket: OpenPacket
    private let acceptor: any SessionAcceptor
    private let figures: ShardFigures
    private let sessions = SessionTable()
    private var random = BufferedRandomNumberGenerator()
    private(set) var isClosed = false

    init(
        index: Int, loop: any EventLoop, configuration: EngineConfiguration, ids: SessionIDs,
        acceptor: any SessionAcceptor, figures: ShardFigures
    ) {
        self.index = index
        self.loop = loop
        self.configuration = configuration
        self.ids = ids
        self.acceptor = acceptor
        self.figures = figures
        settings = Session.Settings(
            pingInterval: configuration.pingInterval, pingTimeout: configuration.pingTimeout,
            upgradeTimeout: configuration.upgradeTimeout, closingTimeout: .seconds(30),
            absenceTimeout: .seconds(3),
            allowsUpgrade: configuration.allowUpgrades && configuration.transports.contains(.websocket),
            outboundLimit: configuration.outboundLimit)
        func openPacket(_ upgrades: [Transport]) -> OpenPacket {
            OpenPacket(
                upgrades: upgrades, pingInterval: configuration.pingInterval, pingTimeout: configuration.pingTimeout,
                maxPayload: configuration.maxPayload)
        }
        openOnPolling = openPacket(settings.allowsUpgrade ? [.websocket] : [])
        openOnWebSocket = openPacket([])
        tally = LoopTally(figures)
        outbox = Outbox(loop: loop, tally: tally)
        compressors = Compressors(configuration.perMessageDeflate, http: configuration.httpCompression)
        timers = SessionTimers(loop: loop, settings: settings)
        timers.wake = { [sessions] in sessions.byKey[$0]?.timePassed($1) }
    }

    /// The time, which the requests of one turn share.
    var turnTime: Duration { .nanoseconds(Int64(clamping: outbox.now.uptimeNanoseconds)) }

    /// How long a client may take to poll again after the connection of its last poll broke.
    var absenceTimeout: Duration { settings.absenceTimeout }

    /// A session by the key in its id.
    func session(_ key: SessionKey) -> ServerSession? { sessions.byKey[key] }

    /// The id of a session of this shard.
    func id(of key: SessionKey) -> String { ids.id(of: key, shard: index) }

    /// Opens a session.
    /// - Parameters:
    ///   - transport: its first transport.
    ///   - version3: what its client asked for if it speaks revision 3 of the protocol.
    ///   - handshake: what the client sent.
    ///   - arrived: when its request did.
    ///   - connect: puts the session and its open packet on the wire.
    func open(
        _ transport: Transport, _ version3: Version3?, _ handshake: Handshake, arrived: Duration,
        connect: (ServerSession, OutgoingMessage) -> Void
    ) {
        let key = SessionKey(random: (random.next(), random.next()))
        let session = ServerSession(
            key: key, handshake: handshake,
            core: Session(transport: transport, version3: version3, settings: settings, now: .now), engine: self)
        sessions.byKey[key] = session
        session.awaitHeartbeat()
        let time = Duration.now - arrived
        figures.update {
            $0.sessions += 1
            if transport == .websocket { $0.webSocketSessions += 1 }
            $0.opened[transport, default: 0] += 1
            $0.handshakes.record(time)
        }
        let openPacket = transport == .polling ? openOnPolling : openOnWebSocket
        connect(session, openPacket.message(sessionID: session.id))
        session.open(by: acceptor)
    }

    /// A session ended.
    /// - Parameters:
    ///   - session: the session.
    ///   - reason: why.
    ///   - lingers: whether its client may still fetch the close packet.
    func ended(_ session: ServerSession, reason: CloseReason, lingers: Bool) {
        if lingers { timers.add(session.key, .closing) } else { forget(session) }
        publish()
        let isOnWebSocket = session.transport == .websocket
        figures.update {
            $0.sessions -= 1
            if isOnWebSocket { $0.webSocketSessions -= 1 }
            $0.closed[reason, default: 0] += 1
        }
    }

    /// Nothing more is to be known of a session.
    func forget(_ session: ServerSession) {
        sessions.byKey[session.key] = nil
    }

    /// A session moved to WebSocket.
    func upgraded() {
        figures.update {
            $0.upgraded += 1
            $0.webSocketSessions += 1
        }
    }

    /// Makes what was counted visible to metrics.
    func publish() { tally.publish() }

    /// Closes all sessions and opens no more.
    func close(_ reason: CloseReason) {
        isClosed = true
        for session in Array(sessions.byKey.values) { session.close(reason) }
        sessions.byKey = [:]
        publish()
        outbox.flush()
    }
}
