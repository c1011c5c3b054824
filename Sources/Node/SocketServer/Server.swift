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
/// let server = Server(nodeTag: tag, loops: loops, adapters: SingleNodeAdapterFactory(), logger: logger)
/// server.namespace().onConnection { socket in
///     socket.on("hello") { event in event.acknowledge("world") }
/// }
/// let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
/// ```
public final class Server: SessionAcceptor, Sendable {
    let configuration: ServerConfiguration
    package let nodeTag: NodeTag
    package let logger: Logger
    let encoder: PacketEncoder
    /// What the decoders of the sessions are copies of.
    let decoder: PacketDecoder
    package let loops: [any EventLoop]
    let shards: [Confined<ServerShard>]
    let namespaces: NamespaceTable
    let isAccepting = Atomic(true)
    let figures: ServerFigures
    private let recoveryStore: (any RecoveryStore)?

    /// Creates a server with the main namespace `/`, which everybody may join until the application says otherwise.
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
        self.nodeTag = nodeTag
        self.loops = loops
        self.logger = logger
        let encoder = PacketEncoder(format: configuration.parser)
        self.encoder = encoder
        let figures = ServerFigures()
        self.figures = figures
        var limits = PacketDecoder.Limits()
        limits.maxAttachments = configuration.maxAttachments
        decoder = PacketDecoder(limits: limits, format: configuration.parser)
        let recoveryStore = configuration.recovery.map { recovery in
            recoveryStore ?? InProcessRecoveryStore(recovery.limits, nodeTag: nodeTag, loop: loops[0])
        }
        namespaces = NamespaceTable(configuration.dynamicNamespaces) { name, registrations, parameters in
            Namespace(
                name: name, parameters: parameters, registrations: registrations, configuration: configuration,
                nodeTag: nodeTag, loops: loops, adapter: adapters.makeAdapter(namespace: name), encoder: encoder,
                recovery: NamespaceRecovery(recoveryStore, configuration.recovery), figures: figures, logger: logger)
        }
        shards = loops.map { loop in
            Confined(ServerShard(eventLoop: loop, connectTimeout: TimeAmount(configuration.connectTimeout)), to: loop)
        }
        self.recoveryStore = recoveryStore
        _ = namespace("/")
        recoveryStore?.start(recoveryEvents)
    }

    /// What the server has done so far.
    public var metrics: ServerMetrics { figures.metrics }

    /// What connection state recovery has done and keeps; `nil` if it is off.
    public var recoveryStatistics: RecoveryStatistics? { recoveryStore?.statistics }

    /// Accepts a new Engine.IO session.
    /// - Parameter session: the session, on whose loop this is called.
    /// - Returns: what handles its messages.
    public func opened(_ session: any EngineSession) -> any SessionHandler { opened(session, main: "/") }

    func opened(_ session: any EngineSession, main: String) -> any SessionHandler {
        let shard = shards[session.shard].value
        let connection = ConnectionHandler(session, server: self, shard: shard, main: main)
        shard.add(connection)
        connection.opened()
        return connection
    }

    /// Whether new sessions are welcome: until ``close()`` or ``drain(over:progress:handOver:)``.
    public var acceptsSessions: Bool { isAccepting.load(ordering: .relaxed) }
}
