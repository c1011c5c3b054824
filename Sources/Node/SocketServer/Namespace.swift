public import Adapter
import Cluster
import Logging
import NIOCore
public import SocketIO
import Synchronization

/// One namespace: who may join it, what happens when somebody does, and the way to everybody in it.
///
/// May be used from any thread. Set it up before the server listens: handlers and middleware apply to the clients that
/// join afterwards.
///
/// ```swift
/// let chat = server.namespace("/chat")
/// chat.use { context in
///     guard let name = context.auth["name"]?.string else { throw ConnectError("name missing") }
///     context.data = ["name": .string(name)]
/// }
/// chat.on("say") { event in event.socket.broadcast.emit("said", arguments: event.arguments) }
/// chat.onConnection { socket in socket.emit("welcome") }
/// chat.to("news").emit("headline", "Hello, world")
/// ```
public final class Namespace: LocalSockets, Sendable {
    /// Its name, with the leading slash; of a parent, its pattern, or `/*` if it decides by a function; of the main
    /// namespace of one listener, the listener's name.
    public let name: String
    /// How its clients call it: its name, but `/` if it is the main namespace of one listener.
    let wireName: String
    /// What the pattern of ``Server/namespaces(matching:)`` captured from the name; empty for other namespaces.
    public let parameters: [String: String]

    let configuration: ServerConfiguration
    let adapter: any ClusterAdapter
    let figures: ServerFigures
    let logger: Logger
    let encoder: PacketEncoder
    let shards: [Confined<NamespaceShard>]
    /// What connection state recovery needs, if it is on.
    let recovery: NamespaceRecovery?
    /// The namespaces that belong to it, if it is a parent; then it has no sockets itself.
    let children: ChildNamespaces?
    /// Sockets on this node.
    let socketCount = Atomic(0)
    private let nodeTag: NodeTag
    private let registrations: Mutex<Registrations>
    private let lastQuestion = Atomic(BroadcastQuestion.firstID)
    /// Whether WebSockets of clients here compress.
    let compresses = Atomic(false)

    /// What an application registered.
    struct Registrations: Sendable {
        var middleware: [Middleware] = []
        var connectionHandlers: [@Sendable (Socket) -> Void] = []
        var eventHandlers = EventTable<SharedHandlers>()
        var serverEventHandlers: [String: ServerEventHandler] = [:]
        var relayHandlers: [EventName: RelayHandler] = [:]
        var roomHandlers = RoomHandlers()
        var expiryHandlers: [@Sendable (RecoverableSession) -> Void] = []
    }

    /// Decides about a CONNECT.
    typealias Middleware = @Sendable (inout ConnectContext) async throws -> Void
    /// Handles an event of another server.
    typealias ServerEventHandler = @Sendable (Arguments, (@Sendable (Value) -> Void)?) -> Void

    init(
        name: String, parameters: [String: String] = [:], registrations: Registrations = Registrations(),
        configuration: ServerConfiguration, nodeTag: NodeTag, loops: [any EventLoop], adapter: any ClusterAdapter,
        encoder: PacketEncoder, recovery: NamespaceRecovery? = nil, figures: ServerFigures, logger: Logger
    ) {
        self.name = name
        wireName = name.hasPrefix("/") ? name : "/"
        self.parameters = parameters
        self.registrations = Mutex(registrations)
        self.configuration = configuration
        self.nodeTag = nodeTag
        self.adapter = adapter
        self.encoder = encoder
        self.recovery = recovery
        self.figures = figures
        self.logger = logger
        children = adapter as? ChildNamespaces
        let observer = registrations.roomHandlers.isEmpty ? nil : RoomObserver(eventLoop: loops[0])
        let census = adapter.roomFollower.map { RoomCensus($0) }
        shards = loops.map { loop in
            let shard = NamespaceShard(
                eventLoop: loop, roomObserver: observer, roomCensus: census, figures: figures)
            return Confined(shard, to: loop, inOrder: recovery != nil)
        }
    }

    /// A name with its leading slash.
    static func canonicalName(_ name: String) -> String { name.hasPrefix("/") ? name : "/" + name }

    /// Adds a middleware: it runs before a CONNECT is accepted, in order of registration, and may take its time.
    ///
    /// Throwing ``ConnectError`` shows message and data to the client; any other error is logged, and the client
    /// gets `Internal server error`. The task is cancelled when the client goes away meanwhile.
    /// - Parameter middleware: called with what is known about the client, which it may complete.
    public func use(_ middleware: @escaping @Sendable (inout ConnectContext) async throws -> Void) {
        registrations.withLock { $0.middleware.append(middleware) }
    }

    /// Registers a handler for new sockets, called on the socket's loop before its first event.
    /// - Parameter handler: called with each new socket, right after the client was told its id.
    public func onConnection(_ handler: @escaping @Sendable (Socket) -> Void) {
        registrations.withLock { $0.connectionHandlers.append(handler) }
    }

    /// Registers a handler for an event of any socket of the namespace.
    ///
    /// As ``Socket/on(_:_:)-(_,(Event)->Void)`` in ``onConnection(_:)``, but stored once for all sockets: with many
    /// idle sockets it saves memory. A socket's own handlers run first.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on the sending socket's loop.
    public func on(_ event: String, _ handler: @escaping @Sendable (Event) throws -> Void) {
        registrations.withLock { registrations in
            let name = EventName(event)
            if registrations.eventHandlers[name]?.add(handler) == nil {
                registrations.eventHandlers[name] = SharedHandlers(handler)
            }
        }
    }

    /// Registers the handler of an event that another server sends by ``serverSideEmit(_:_:)``.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on any thread with the arguments and, if the sender wants one, the way to answer (at
    ///     most once); replaces an earlier handler of the event.
    public func onServerEvent(
        _ event: String, _ handler: @escaping @Sendable (Arguments, (@Sendable (Value) -> Void)?) -> Void
    ) {
        registrations.withLock { $0.serverEventHandlers[event] = handler }
    }

    /// Runs something on the loop of a local socket, if it is connected. The order of calls from one thread is kept.
    /// - Parameters:
    ///   - id: the socket's id; an id of another node, or of nobody, does nothing.
    ///   - body: called with the socket, at once when on its loop already.
    ///   - absent: called instead if there is no such socket in this namespace: on the loop where it would be, or was; at
    ///     once if that is not known. Not called by a parent. Default: nothing.
    public func withSocket(
        _ id: String, _ body: @escaping @Sendable (Socket) -> Void, absent: (@Sendable () -> Void)? = nil
    ) {
        for child in children?.all ?? [] { child.withSocket(id, body) }
        guard let shard = shard(of: id) else {
            if children == nil { absent?() }
            return
        }
        shard.run { shard in
            if let socket = shard.socket(id) { body(socket) } else { absent?() }
        }
    }

    /// A socket that belongs to the loop that this is called on.
    /// - Parameter id: the socket's id.
    /// - Returns: the socket; `nil` if it is not in this namespace, if its loop is another, or if what is to be done with
    ///   sockets has to wait for its turn. ``withSocket(_:_:absent:)`` finds all of them.
    package func socketHere(_ id: String) -> Socket? {
        guard recovery == nil, let shard = shard(of: id), shard.eventLoop.inEventLoop else { return nil }
        return shard.value.socket(id)
    }

    func addRelayHandler(_ event: EventName, _ handler: @escaping RelayHandler) {
        registrations.withLock { $0.relayHandlers[event] = handler }
    }

    func relayHandler(_ event: EventName) -> RelayHandler? { registrations.withLock { $0.relayHandlers[event] } }

    /// What is registered now.
    var registered: Registrations { registrations.withLock { $0 } }

    /// Registers something.
    func register(_ change: (inout Registrations) -> Void) { registrations.withLock { change(&$0) } }

    /// The shard of a socket id of this node; none in a parent, and none if the socket may be on another node.
    func shard(of id: String) -> Confined<NamespaceShard>? {
        guard children == nil else { return nil }
        if let index = recovery?.shard(of: id) { return shards[index] }
        guard let index = SocketID.shard(of: id, tag: nodeTag, count: shards.count) else { return nil }
        return recovery?.isElsewhere(id) == true ? nil : shards[index]
    }

    /// An id for a broadcast that shall be acknowledged.
    func nextQuestionID() -> Int { lastQuestion.add(1, ordering: .relaxed).oldValue }

    /// The name under which an event is sent; `nil`, and logged, if applications may not use it.
    func eventName(_ event: String) -> EventName? {
        let eventName = EventName(event)
        guard eventName.isReserved else { return eventName }
        logger.warning("reserved event name, not sent", metadata: ["event": "\(event)", "namespace": "\(name)"])
        return nil
    }
}
