import EngineIO
import Logging
import NIOCore
import SocketIO

/// The Socket.IO side of one Engine.IO session: decodes, asks the core what a packet means, and does it. Loop-confined.
///
/// What the core calls a violation, and what cannot be decoded, closes the session with `forced close`, as in the
/// reference server. Leaving the last namespace leaves the session open.
final class ConnectionHandler: SessionHandler {
    let session: any EngineSession
    /// Names it in its ``ServerShard``.
    var number: UInt64 = 0
    let server: Server
    private let shard: ServerShard
    /// Name of the namespace that the client joins as `/`.
    private let main: String
    @exclusivity(unchecked) private var decoder: PacketDecoder
    @exclusivity(unchecked) var connection: Connection<Socket>
    var deciding: [String: Task<Void, Never>] = [:]
    /// Barriers that the client has not answered, in order.
    var barriers: [Barrier] = []
    private var meter = SessionMeter()
    private let isMetered: Bool
    /// Whether the client speaks protocol 4, that of Socket.IO 2.x.
    private let isProtocol4: Bool
    /// Whether an event is an event as soon as it is read, with nothing to be done about packets in between.
    private var takesShortWay: Bool { !isMetered && !isProtocol4 }
    private var hasJoined = false
    private(set) var isClosed = false

    init(_ session: any EngineSession, server: Server, shard: ServerShard, main: String) {
        self.session = session
        isProtocol4 = session.protocolVersion == .v3
        self.server = server
        self.shard = shard
        self.main = main
        decoder = server.decoder
        connection = Connection(namespaceLimit: server.configuration.maxNamespacesPerSession)
        isMetered = server.configuration.rates != SessionRates()
    }

    /// The session was opened. By protocol 4 that makes the client join the main namespace, which it does not ask for.
    func opened() {
        guard isProtocol4 else { return }
        handle(connection.received(Packet(namespace: "/", content: .connect(payload: [:]))))
    }

    func received(_ message: Message) {
        do {
            if takesShortWay, let (namespace, name, arguments, id) = try decoder.event(message),
                let socket = connection[namespace]
            {
                return received(name, arguments, acknowledgementID: id, by: socket)
            }
            guard !isMetered || meter.allows(message, server.configuration.rates, now: shard.now) else {
                return exceedRate()
            }
            guard var packet = try decoder.received(message) else { return }
            guard !isMetered || meter.allowsPacket(server.configuration.rates, now: shard.now) else {
                return exceedRate()
            }
            if isProtocol4 { packet.readProtocol4() }
            handle(connection.received(packet))
        } catch {
            reject("undecodable packet", "\(error)")
        }
    }

    func closed(_ reason: CloseReason) {
        isClosed = true
        shard.remove(self)
        for task in deciding.values { task.cancel() }
        deciding = [:]
        barriers = []
        for socket in connection.removeAll() { socket.closed(reason.rawValue) }
    }

    /// The time for joining a first namespace is over.
    func connectTimeoutPassed() {
        if !hasJoined { session.close(.connectTimeout) }
    }

    /// Disconnects one socket from its namespace; the session stays.
    func disconnect(_ socket: Socket) {
        guard connection[socket.namespace.wireName] === socket else { return }
        _ = connection.leave(socket.namespace.wireName)
        session.send(server.encoder.disconnect(namespace: socket.namespace.wireName), volatile: false)
        socket.closed(DisconnectReason.serverNamespace)
    }

    /// Disconnects all sockets and ends the session.
    func disconnectAll() {
        for socket in connection.members { disconnect(socket) }
        session.close(.forcedServerClose)
    }

    /// Events that wait for an asynchronous handler are too many.
    func waitingEventsOverflowed() { session.close(.eventQueueFull) }

    private func received(
        _ name: consuming EventName, _ arguments: consuming Arguments, acknowledgementID: Int?, by socket: Socket
    ) {
        guard name.byteCount <= server.configuration.maxEventNameLength else { return reject("event name too long") }
        socket.received(name, arguments, acknowledgementID: acknowledgementID)
    }

    private func handle(_ action: Connection<Socket>.Action) {
        switch action {
        case .event(let socket, let name, let arguments, let id):
            received(name, arguments, acknowledgementID: id, by: socket)
        case .acknowledgement(let socket, let id, let arguments):
            socket.acknowledged(id, arguments)
        case .join(let namespace, let payload):
            join(namespace, auth: payload)
        case .refuse(let namespace, let message):
            refuse(namespace, ConnectError(message))
        case .leave(let socket):
            socket.closed(DisconnectReason.clientNamespace)
        case .ignore:
            break
        case .close(let violation):
            reject("protocol violation", "\(violation)")
        }
    }

    private func exceedRate() {
        server.logger.debug("rate limit exceeded", metadata: ["session": "\(session.id)"])
        session.close(.rateLimit)
    }

    private func reject(_ message: Logger.Message, _ error: String? = nil) {
        var metadata: Logger.Metadata = ["session": "\(session.id)"]
        if let error { metadata["error"] = "\(error)" }
        server.logger.debug(message, metadata: metadata)
        session.close(.forcedClose)
    }
}

// MARK: - Joining a namespace

extension ConnectionHandler {
    private func join(_ name: String, auth: Value) {
        let recovers = server.configuration.recovery != nil && !isProtocol4
        enter(name, auth: auth, claim: recovers ? RecoveryClaim(auth) : nil)
    }

    /// A client shall join, as the one that it was if it has a claim.
    func enter(_ name: String, auth: Value, claim: RecoveryClaim?) {
        let id =
            isProtocol4
            ? SocketID.make(protocol4: session.id, namespace: name)
            : SocketID.make(tag: server.nodeTag, shard: session.shard, using: &shard.random)
        let context = ConnectContext(
            socketID: id, namespace: name, handshake: session.handshake, auth: auth)
        // A name without slash belongs to a listener: nobody can ask for it.
        let entrance: NamespaceTable.Entrance =
            name.hasPrefix("/") ? server.namespaces.enter(name == "/" ? main : name) : .refused(.invalidNamespace)
        switch entrance {
        case .refused(let error):
            refuse(context, error)
        case .found(let admission) where admission.registered.middleware.isEmpty && claim == nil:
            accept(context, admission)
        case .found, .undecided:
            decide(context, entrance, claim)
        }
    }

    /// Runs the application's own decisions in a task, which is the only way to await them from the loop; the session's
    /// end cancels it.
    private func decide(_ context: ConnectContext, _ entrance: NamespaceTable.Entrance, _ claim: RecoveryClaim?) {
        let loop = shard.eventLoop
        let handler = NIOLoopBound(self, eventLoop: loop)
        deciding[context.namespace] = Task { [server] in
            var context = context
            let decision = await server.decide(&context, entrance, claim)
            loop.execute { [context] in handler.value.decided(context, decision) }
        }
    }

    private func decided(_ context: ConnectContext, _ decision: Result<Admission, ConnectError>) {
        guard deciding.removeValue(forKey: context.namespace) != nil, !isClosed else { return }
        switch decision {
        case .success(let admission): accept(context, admission)
        case .failure(let refusal): refuse(context, refusal)
        }
    }

    private func refuse(_ context: ConnectContext, _ error: ConnectError) {
        server.figures.decided(since: context.began, isRefused: true)
        refuse(context.namespace, error)
    }

    private func accept(_ context: ConnectContext, _ admission: Admission) {
        server.figures.decided(since: context.began, isRefused: false)
        if let former = context.former, let recovery = admission.namespace.recovery {
            return restore(former, context, admission, recovery)
        }
        let (namespace, registered) = (admission.namespace, admission.registered)
        let shard = namespace.shards[session.shard].value
        let socket = Socket(
            context, namespace: namespace, shard: shard, connection: self, shared: registered.eventHandlers)
        socket.lease = admission.lease
        guard connection.joined(namespace.wireName, as: socket) else { return }
        // A client of protocol 4 could not come back.
        if !isProtocol4 { namespace.recovery?.begin(socket, using: &self.shard.random) }
        shard.add(socket)
        let connect =
            isProtocol4
            ? server.encoder.connect(protocol4: namespace.wireName)
            : server.encoder.connect(namespace: namespace.wireName, sid: socket.id, pid: socket.recovery?.pid)
        joined(socket, registered, [connect])
    }

    /// The client is a member of the namespace: tells it, and then the application.
    func joined(_ socket: Socket, _ registered: Namespace.Registrations, _ messages: [OutgoingMessage]) {
        hasJoined = true
        socket.namespace.joined(by: session)
        for message in messages { session.send(message, volatile: false) }
        for handler in registered.connectionHandlers where socket.isConnected { handler(socket) }
    }

    var eventLoop: any EventLoop { shard.eventLoop }

    private func refuse(_ namespace: String, _ error: ConnectError) {
        connection.refused(namespace)
        session.send(
            isProtocol4
                ? server.encoder.connectError(protocol4: namespace, payload: error.protocol4)
                : server.encoder.connectError(namespace: namespace, message: error.message, data: error.data),
            volatile: false)
    }
}
