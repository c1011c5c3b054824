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
    private var decoder: PacketDecoder
    var connection: Connection<Socket>
    var deciding: [String: Task<Void, Never>] = [:]
    private var hasJoined = false
    private(set) var isClosed = false

    init(_ session: any EngineSession, server: Server, shard: ServerShard) {
        self.session = session
        self.server = server
        self.shard = shard
        var limits = PacketDecoder.Limits()
        limits.maxAttachments = server.configuration.maxAttachments
        decoder = PacketDecoder(limits: limits, format: server.configuration.parser)
        connection = Connection(namespaceLimit: server.configuration.maxNamespacesPerSession)
    }

    func received(_ message: Message) {
        do {
            guard let packet = try decoder.received(message) else { return }
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
        for socket in connection.removeAll() { socket.closed(reason.rawValue) }
    }

    /// The time for joining a first namespace is over.
    func connectTimeoutPassed() {
        if !hasJoined { session.close(.forcedClose) }
    }

    /// Disconnects one socket from its namespace; the session stays.
    func disconnect(_ socket: Socket) {
        guard connection[socket.namespace.name] === socket else { return }
        _ = connection.leave(socket.namespace.name)
        session.send(server.encoder.disconnect(namespace: socket.namespace.name), volatile: false)
        socket.closed(DisconnectReason.serverNamespace)
    }

    /// Disconnects all sockets and ends the session.
    func disconnectAll() {
        for socket in connection.members { disconnect(socket) }
        session.close(.forcedServerClose)
    }

    private func handle(_ action: Connection<Socket>.Action) {
        switch action {
        case .event(let socket, let name, let arguments, let id):
            guard name.byteCount <= server.configuration.maxEventNameLength else {
                return reject("event name too long")
            }
            socket.received(name, arguments, acknowledgementID: id)
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
        guard let namespace = server.existingNamespace(name) else { return refuse(name, .invalidNamespace) }
        if let recovery = namespace.recovery, let claim = RecoveryClaim(auth) {
            return self.claim(claim, auth: auth, in: namespace, recovery)
        }
        enter(namespace, auth: auth)
    }

    /// Lets a client in as a new socket, if the middleware agrees.
    func enter(_ namespace: Namespace, auth: Value) {
        let registered = namespace.registered
        let id = SocketID.make(tag: server.nodeTag, shard: session.shard, using: &shard.random)
        let context = ConnectContext(
            socketID: id, namespace: namespace.name, handshake: session.handshake, auth: auth)
        if registered.middleware.isEmpty {
            accept(context, in: namespace, registered)
        } else {
            decide(context, in: namespace, registered)
        }
    }

    /// Runs the middleware in a task, which is the only way to await the application's own work from the loop; the
    /// session's end cancels it.
    func decide(_ context: ConnectContext, in namespace: Namespace, _ registered: Namespace.Registrations) {
        let loop = shard.eventLoop
        let handler = NIOLoopBound(self, eventLoop: loop)
        deciding[context.namespace] = Task {
            var context = context
            var refusal: ConnectError?
            do {
                for middleware in registered.middleware { try await middleware(&context) }
            } catch let error as ConnectError {
                refusal = error
            } catch {
                refusal = .internalError
                namespace.logger.warning(
                    "middleware failed", metadata: ["namespace": "\(namespace.name)", "error": "\(type(of: error))"])
            }
            loop.execute { [context, refusal] in
                handler.value.decided(context, refusal, in: namespace, registered)
            }
        }
    }

    private func decided(
        _ context: ConnectContext, _ refusal: ConnectError?, in namespace: Namespace,
        _ registered: Namespace.Registrations
    ) {
        guard deciding.removeValue(forKey: context.namespace) != nil, !isClosed else { return }
        if let refusal {
            refuse(context.namespace, refusal)
        } else {
            accept(context, in: namespace, registered)
        }
    }

    func accept(_ context: ConnectContext, in namespace: Namespace, _ registered: Namespace.Registrations) {
        if let claimed = context.claimed, let recovery = namespace.recovery {
            return restore(claimed, context, in: namespace, registered, recovery)
        }
        let shard = namespace.shards[session.shard].value
        let socket = Socket(
            context, namespace: namespace, shard: shard, connection: self, shared: registered.eventHandlers)
        guard connection.joined(namespace.name, as: socket) else { return }
        namespace.recovery?.begin(socket, using: &self.shard.random)
        shard.add(socket)
        let connect = server.encoder.connect(namespace: namespace.name, sid: socket.id, pid: socket.recovery?.pid)
        joined(socket, registered, [connect])
    }

    /// The client is a member of the namespace: tells it, and then the application.
    func joined(_ socket: Socket, _ registered: Namespace.Registrations, _ messages: [OutgoingMessage]) {
        hasJoined = true
        for message in messages { session.send(message, volatile: false) }
        for handler in registered.connectionHandlers where socket.isConnected { handler(socket) }
    }

    var eventLoop: any EventLoop { shard.eventLoop }

    private func refuse(_ namespace: String, _ error: ConnectError) {
        connection.refused(namespace)
        session.send(
            server.encoder.connectError(namespace: namespace, message: error.message, data: error.data),
            volatile: false)
    }
}
