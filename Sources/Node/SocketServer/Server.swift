public import Adapter
public import Cluster
public import EngineIO
public import Logging
public import NIOCore
import SocketIO
import Synchronization

/// A Socket.IO server (protocol 5): namespaces, their sockets, and what they share with the other nodes.
///
/// It listens nowhere itself: an Engine.IO server hands it every session it opens.
///
/// ```swift
/// let server = Server(nodeTag: tag, loops: loops, adapters: LocalAdapterFactory(), logger: logger)
/// server.namespace().onConnection { socket in
///     socket.on("hello") { event in event.acknowledge("world") }
/// }
/// let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
/// ```
public final class Server: SessionAcceptor, Sendable {
    let configuration: ServerConfiguration
    let nodeTag: NodeTag
    let logger: Logger
    let encoder: PacketEncoder
    private let recoveryStore: (any RecoveryStore)?
    private let loops: [any EventLoop]
    private let adapters: any AdapterFactory
    private let shards: [Confined<ServerShard>]
    private let namespaces = Mutex<[String: Namespace]>([:])

    /// Creates a server without namespaces.
    /// - Parameters:
    ///   - configuration: limits and times.
    ///   - nodeTag: names this incarnation of the node; every socket id begins with it.
    ///   - loops: the event loops that sessions live on, at most 64; the index is the session's shard.
    ///   - adapters: makes what connects each namespace with the other nodes.
    ///   - recoveryStore: where connection state recovery keeps what it needs, if the configuration turns it on. Default:
    ///     in this process.
    ///   - logger: receives what handlers threw, and protocol errors of clients (debug).
    public init(
        configuration: ServerConfiguration = ServerConfiguration(), nodeTag: NodeTag, loops: [any EventLoop],
        adapters: any AdapterFactory, recoveryStore: (any RecoveryStore)? = nil, logger: Logger
    ) {
        precondition((1...64).contains(loops.count), "a server has 1 to 64 event loops, not \(loops.count)")
        self.configuration = configuration
        encoder = PacketEncoder(format: configuration.parser)
        self.nodeTag = nodeTag
        self.loops = loops
        self.adapters = adapters
        self.logger = logger
        shards = loops.map { loop in
            Confined(ServerShard(eventLoop: loop, connectTimeout: TimeAmount(configuration.connectTimeout)), to: loop)
        }
        self.recoveryStore = configuration.recovery.map { recovery in
            recoveryStore ?? InProcessRecoveryStore(recovery.limits, nodeTag: nodeTag, loop: loops[0])
        }
        self.recoveryStore?.start { [weak self] session in
            self?.existingNamespace(session.namespace)?.recovery?.expired(session)
        }
    }

    /// What connection state recovery has done and keeps; `nil` if it is off.
    public var recoveryStatistics: RecoveryStatistics? { recoveryStore?.statistics }

    /// A namespace, created when it is asked for the first time. Clients can only join namespaces that exist.
    /// - Parameter name: its name; a leading slash is added if there is none. Default: the main namespace `/`.
    /// - Returns: the namespace.
    public func namespace(_ name: String = "/") -> Namespace {
        let name = name.hasPrefix("/") ? name : "/" + name
        let (namespace, isNew) = namespaces.withLock { namespaces in
            if let namespace = namespaces[name] { return (namespace, false) }
            let namespace = Namespace(
                name: name, configuration: configuration, nodeTag: nodeTag, loops: loops,
                adapter: adapters.makeAdapter(namespace: name), encoder: encoder, recovery: makeRecovery(),
                logger: logger)
            namespaces[name] = namespace
            return (namespace, true)
        }
        if isNew { namespace.adapter.start(namespace) }
        return namespace
    }

    private func makeRecovery() -> NamespaceRecovery? {
        guard let configuration = configuration.recovery, let recoveryStore else { return nil }
        return NamespaceRecovery(recoveryStore, configuration)
    }

    /// Accepts a new Engine.IO session.
    /// - Parameter session: the session, on whose loop this is called.
    /// - Returns: what handles its messages.
    public func opened(_ session: any EngineSession) -> any SessionHandler {
        let shard = shards[session.shard].value
        let connection = ConnectionHandler(session, server: self, shard: shard)
        shard.add(connection)
        return connection
    }

    /// Ends every session with the reason `server shutting down`, and every later one at once.
    public func close() async {
        for shard in shards {
            try? await shard.eventLoop.submit { shard.value.close() }.get()
        }
    }

    /// A namespace that a client asks for.
    func existingNamespace(_ name: String) -> Namespace? {
        namespaces.withLock { $0[name] }
    }
}
