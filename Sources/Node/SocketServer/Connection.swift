import EngineIO
import Logging
import NIOCore
import SocketIO

/// The Socket.IO side of one Engine.IO session: its packets, and its sockets by namespace. Loop-confined.
///
/// Rules (Socket.IO protocol v5, and the reference server): a CONNECT joins a namespace once; every other packet
/// must belong to a joined namespace. Anything else, and anything undecodable, closes the session with
/// `forced close`. Leaving the last namespace leaves the session open.
final class Connection: SessionHandler {
    let session: any EngineSession
    /// Names it in its ``ServerShard``.
    var number: UInt64 = 0
    private let server: Server
    private let shard: ServerShard
    private var decoder: PacketDecoder
    // Nearly every session joins the main namespace alone, which needs no dictionary.
    private var main: Socket?
    private var others: [String: Socket] = [:]
    private var pending: [String: Task<Void, Never>] = [:]
    private var hasJoined = false
    private var isClosed = false

    init(_ session: any EngineSession, server: Server, shard: ServerShard) {
        self.session = session
        self.server = server
        self.shard = shard
        var limits = PacketDecoder.Limits()
        limits.maxAttachments = server.configuration.maxAttachments
        decoder = PacketDecoder(limits: limits)
    }

    func received(_ message: Message) {
        do {
            guard let packet = try decoder.received(message) else { return }
            received(packet)
        } catch {
            reject("undecodable packet", "\(error)")
        }
    }

    func closed(_ reason: CloseReason) {
        isClosed = true
        shard.remove(self)
        for task in pending.values { task.cancel() }
        pending = [:]
        let sockets = self.sockets
        (main, others) = (nil, [:])
        for socket in sockets { socket.closed(reason.rawValue) }
    }

    /// The time for joining a first namespace is over.
    func connectTimeoutPassed() {
        if !hasJoined { session.close(.forcedClose) }
    }

    /// Disconnects one socket from its namespace; the session stays.
    func disconnect(_ socket: Socket) {
        guard remove(socket) else { return }
        session.send(PacketEncoder.disconnect(namespace: socket.namespace.name), volatile: false)
        socket.closed(DisconnectReason.serverNamespace)
    }

    /// Disconnects all sockets and ends the session.
    func disconnectAll() {
        for socket in sockets { disconnect(socket) }
        session.close(.forcedServerClose)
    }

    private func received(_ packet: Packet) {
        switch packet.content {
        case .event(let name, let arguments, let id):
            guard let socket = socket(packet.namespace) else { return reject("event outside of a namespace") }
            guard name.utf8.readableBytes <= server.configuration.maxEventNameLength else {
                return reject("event name too long")
            }
            socket.received(name, arguments, acknowledgementID: id)
        case .acknowledgement(let id, let arguments):
            guard let socket = socket(packet.namespace) else { return reject("answer outside of a namespace") }
            socket.acknowledged(id, arguments)
        case .connect(let auth):
            connect(packet.namespace, auth: auth)
        case .disconnect:
            guard let socket = socket(packet.namespace) else { return reject("disconnect outside of a namespace") }
            _ = remove(socket)
            socket.closed(DisconnectReason.clientNamespace)
        case .connectError:
            reject("only servers refuse a connect")
        }
    }

    private func reject(_ message: Logger.Message, _ error: String? = nil) {
        var metadata: Logger.Metadata = ["session": "\(session.id)"]
        if let error { metadata["error"] = "\(error)" }
        server.logger.debug(message, metadata: metadata)
        session.close(.forcedClose)
    }

    private var sockets: [Socket] { (main.map { [$0] } ?? []) + others.values }

    private func socket(_ namespace: String) -> Socket? {
        if let main, namespace == "/" { return main }
        return others[namespace]
    }

    private func remove(_ socket: Socket) -> Bool {
        if socket === main {
            main = nil
            return true
        }
        guard others[socket.namespace.name] === socket else { return false }
        others[socket.namespace.name] = nil
        return true
    }
}

// MARK: - Joining a namespace

extension Connection {
    private func connect(_ name: String, auth: Value) {
        guard socket(name) == nil, pending[name] == nil else { return reject("second connect to a namespace") }
        guard let namespace = server.existingNamespace(name) else { return refuse(name, .invalidNamespace) }
        guard others.count + pending.count + (main == nil ? 0 : 1) < server.configuration.maxNamespacesPerSession else {
            return refuse(name, .tooManyNamespaces)
        }
        let registered = namespace.registered
        let id = SocketID.make(tag: server.nodeTag, shard: session.shard, using: &shard.random)
        let context = ConnectContext(
            socketID: id, namespace: name, handshake: session.handshake, auth: auth)
        if registered.middleware.isEmpty {
            accept(context, in: namespace, registered)
        } else {
            decide(context, in: namespace, registered)
        }
    }

    /// Runs the middleware in a task, which is the only way to await the application's own work from the loop; the
    /// session's end cancels it.
    private func decide(_ context: ConnectContext, in namespace: Namespace, _ registered: Namespace.Registrations) {
        let loop = shard.eventLoop
        let connection = NIOLoopBound(self, eventLoop: loop)
        pending[context.namespace] = Task {
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
                connection.value.decided(context, refusal, in: namespace, registered)
            }
        }
    }

    private func decided(
        _ context: ConnectContext, _ refusal: ConnectError?, in namespace: Namespace,
        _ registered: Namespace.Registrations
    ) {
        guard pending.removeValue(forKey: context.namespace) != nil, !isClosed else { return }
        if let refusal {
            refuse(context.namespace, refusal)
        } else {
            accept(context, in: namespace, registered)
        }
    }

    private func accept(_ context: ConnectContext, in namespace: Namespace, _ registered: Namespace.Registrations) {
        let shard = namespace.shards[session.shard].value
        let socket = Socket(
            context, namespace: namespace, shard: shard, connection: self, shared: registered.eventHandlers)
        hasJoined = true
        if namespace.name == "/" {
            main = socket
        } else {
            others[namespace.name] = socket
        }
        shard.add(socket)
        session.send(PacketEncoder.connect(namespace: namespace.name, sid: socket.id), volatile: false)
        for handler in registered.connectionHandlers { handler(socket) }
    }

    private func refuse(_ namespace: String, _ error: ConnectError) {
        session.send(
            PacketEncoder.connectError(namespace: namespace, message: error.message, data: error.data),
            volatile: false)
    }
}
