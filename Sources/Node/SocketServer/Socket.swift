import Cluster
public import EngineIO
import Logging
import NIOCore
public import SocketIO

/// One client in one namespace.
///
/// A socket lives on one event loop: the handlers registered here are called there, in the order in which the
/// client sent its packets, and every method must be called there. From other threads, come back by
/// ``Namespace/withSocket(_:_:)``. Handlers must not block; they may keep the socket, which lets go of all
/// handlers and timers when it disconnects.
///
/// ```swift
/// server.namespace("/chat").onConnection { socket in
///     socket.on("say") { event in
///         socket.to("lobby").emit("said", arguments: event.arguments)
///         event.acknowledge("ok")
///     }
///     socket.onDisconnect { reason in print("gone:", reason) }
/// }
/// ```
public final class Socket {
    /// The id: 20 characters, unique in the cluster, at the same time the name of a room with this socket alone.
    public let id: String
    /// The namespace that it belongs to.
    public let namespace: Namespace
    /// What the client passed as `auth`; an empty object if nothing.
    public let auth: Value
    /// The application's own description of the client, seen by `fetchSockets` of every node. Default: an empty object.
    public var data: Value
    /// Typed values that stay on this node.
    public var storage: SocketStorage
    /// Whether the client is connected. Still `true` in ``onDisconnecting(_:)`` handlers.
    public private(set) var isConnected = true

    let connection: ConnectionHandler
    let shard: NamespaceShard
    var handle: RoomIndex.Handle?
    var recovery: SocketRecovery?
    var timers: [ObjectIdentifier: Cancellable] = [:]
    var acknowledgements: AcknowledgementTable<PendingAcknowledgement>
    private let shared: [EventName: SharedHandlers]
    private var handlers = EventHandlers()
    private var anyHandlers: [(Event) throws -> Void] = []
    private var packetMiddleware: [(Event) throws -> Void] = []
    private var unhandled: ((Event) throws -> Void)?
    private var disconnectingHandlers: [(String) -> Void] = []
    private var disconnectHandlers: [(String) -> Void] = []
    private var isClosing = false

    init(
        _ context: ConnectContext, namespace: Namespace, shard: NamespaceShard, connection: ConnectionHandler,
        shared: [EventName: SharedHandlers]
    ) {
        id = context.socketID
        self.namespace = namespace
        auth = context.auth
        data = context.data
        storage = context.storage
        self.shard = shard
        self.connection = connection
        self.shared = shared
        acknowledgements = AcknowledgementTable(limit: namespace.configuration.maxPendingAcknowledgements)
    }

    /// The HTTP request that opened the session.
    public var handshake: Handshake { connection.session.handshake }

    /// The transport that the session uses now.
    public var transport: Transport { connection.session.transport }

    var eventLoop: any EventLoop { shard.eventLoop }
}

// MARK: - Handlers

extension Socket {
    /// Registers a handler for an event. Several handlers of one event run in order of registration.
    ///
    /// A thrown error is logged (never the payload) and ends that event only.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on the socket's loop for each such event.
    public func on(_ event: String, _ handler: @escaping (Event) throws -> Void) {
        handlers.add(EventName(event), once: false, handler)
    }

    /// Registers a handler for the next event of a name only.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on the socket's loop, once.
    public func once(_ event: String, _ handler: @escaping (Event) throws -> Void) {
        handlers.add(EventName(event), once: true, handler)
    }

    /// Removes this socket's handlers of an event; those of the namespace stay.
    /// - Parameter event: name of the event.
    public func off(_ event: String) { handlers.remove(EventName(event)) }

    /// Registers a handler that is called before the handlers of every event.
    /// - Parameter handler: called on the socket's loop.
    public func onAny(_ handler: @escaping (Event) throws -> Void) { anyHandlers.append(handler) }

    /// Sets the handler of events that have no handler of their own, for example to answer with an error.
    /// - Parameter handler: called on the socket's loop; replaces an earlier one.
    public func onUnhandled(_ handler: @escaping (Event) throws -> Void) { unhandled = handler }

    /// Adds packet middleware: called for every event, in order, before its handlers. Throwing drops the event.
    /// - Parameter middleware: called on the socket's loop.
    public func use(_ middleware: @escaping (Event) throws -> Void) { packetMiddleware.append(middleware) }

    /// Registers a handler for the moment before the socket leaves its rooms.
    /// - Parameter handler: called once, with the reason (see ``onDisconnect(_:)``).
    public func onDisconnecting(_ handler: @escaping (_ reason: String) -> Void) {
        disconnectingHandlers.append(handler)
    }

    /// Registers a handler for the end of the socket. It has left its rooms by then.
    ///
    /// Reasons are `client namespace disconnect`, `server namespace disconnect`, or that of the session's end:
    /// `transport close`, `transport error`, `ping timeout`, `parse error`, `forced close`, `server shutting down`,
    /// `slow consumer`.
    /// - Parameter handler: called once, with the reason.
    public func onDisconnect(_ handler: @escaping (_ reason: String) -> Void) { disconnectHandlers.append(handler) }
}

// MARK: - What the connection tells it

extension Socket {
    /// An event came from the client.
    func received(_ name: EventName, _ arguments: Arguments, acknowledgementID: Int?) {
        let event = Event(
            eventName: name, arguments: arguments,
            acknowledgement: acknowledgementID.map { Acknowledgement(id: $0, socket: self) }, socket: self)
        do {
            for middleware in packetMiddleware { try middleware(event) }
            guard isConnected else { return }
            for handler in anyHandlers { try handler(event) }
            try dispatch(event)
        } catch {
            namespace.logger.warning(
                "event handler failed",
                metadata: [
                    "event": "\(name)", "namespace": "\(namespace.name)", "sid": "\(id)",
                    "error": "\(type(of: error))",
                ])
        }
    }

    private func dispatch(_ event: Event) throws {
        let own = handlers[event.eventName]
        let shared = shared[event.eventName]
        switch own {
        case nil:
            if shared == nil { try unhandled?(event) }
        case .one(let registration):
            if registration.once { handlers.removeOnce(event.eventName) }
            try registration.handle(event)
        case .several(let list):
            if list.contains(where: \.once) { handlers.removeOnce(event.eventName) }
            for registration in list { try registration.handle(event) }
        }
        try shared?.run(event)
    }

    /// The socket's end: tells the application, leaves all rooms, lets go of everything that could hold it.
    func closed(_ reason: String) {
        guard !isClosing else { return }
        isClosing = true
        for handler in disconnectingHandlers { handler(reason) }
        save(reason)
        shard.remove(self)
        isConnected = false
        for timer in timers.values { timer.stop() }
        timers = [:]
        for pending in acknowledgements.removeAll() { pending.finish(.failure(.disconnected)) }
        for handler in disconnectHandlers { handler(reason) }
        handlers = EventHandlers()
        (anyHandlers, packetMiddleware, unhandled) = ([], [], nil)
        (disconnectingHandlers, disconnectHandlers) = ([], [])
    }
}
