import Cluster
public import EngineIO
import Logging
import NIOCore
public import SocketIO

/// One client in one namespace.
///
/// A socket lives on one event loop: the handlers registered here are called there, in the order in which the
/// client sent its packets, and every method must be called there. From other threads, come back by
/// ``Namespace/withSocket(_:_:absent:)``. Handlers must not block; they may keep the socket, which lets go of all
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
    public var data: Value {
        didSet { recoveryChanged() }
    }
    /// Typed values that stay on this node.
    public var storage: SocketStorage

    let connection: ConnectionHandler
    let shard: NamespaceShard
    var handle: RoomIndex.Handle?
    /// Whether the client is connected. Still `true` in ``onDisconnecting(_:)`` handlers.
    public private(set) var isConnected = true
    private var isClosing = false
    var recovery: SocketRecovery?
    var timers: [ObjectIdentifier: Cancellable] = [:]
    /// Keeps a namespace that goes with its last socket.
    var lease: ChildLease?
    var acknowledgements: AcknowledgementTable<PendingAcknowledgement>
    private let shared: EventTable<SharedHandlers>
    @exclusivity(unchecked) private var handlers = EventHandlers()
    /// What few sockets have: an idle one shall not pay for it.
    var listeners: SocketListeners?
    var asynchronous: AsyncEvents?
    private var unhandled: ((Event) throws -> Void)?
    private var disconnectingHandlers: [(String) -> Void] = []
    private var disconnectHandlers: [(String) -> Void] = []

    init(
        _ context: ConnectContext, namespace: Namespace, shard: NamespaceShard, connection: ConnectionHandler,
        shared: EventTable<SharedHandlers>
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

    /// The revision of Engine.IO that the client speaks: 3 if it is of Socket.IO 2.x.
    public var protocolVersion: ProtocolVersion { connection.session.protocolVersion }

    /// The transport that the session uses now.
    public var transport: Transport { connection.session.transport }

    var eventLoop: any EventLoop { shard.eventLoop }
}

// MARK: - Handlers

extension Socket {
    /// Registers a handler for an event. Several handlers of one event run in order of registration.
    ///
    /// A thrown error ends that event only: it is logged (never the payload), and the client is told if it waits for an
    /// acknowledgement (see ``ClientError``). A closure that awaits is an asynchronous handler.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on the socket's loop for each such event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func on(_ event: String, _ handler: @escaping (Event) throws -> Void) -> ListenerToken {
        add(event, once: false, handler)
    }

    /// Registers a handler for the next event of a name only.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called on the socket's loop, once.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func once(_ event: String, _ handler: @escaping (Event) throws -> Void) -> ListenerToken {
        add(event, once: true, handler)
    }

    /// Removes this socket's handlers of an event; those of the namespace stay.
    /// - Parameter event: name of the event.
    public func off(_ event: String) { handlers.remove(EventName(event)) }

    /// Removes one handler; does nothing if it is gone already.
    /// - Parameter token: what ``on(_:_:)-(_,(Event)->Void)`` or `once` gave.
    public func off(_ token: ListenerToken) { handlers.remove(token.number) }

    /// Removes all handlers of events that were registered at this socket; those of the namespace stay.
    public func offAll() { handlers = EventHandlers() }

    func add(_ event: String, once: Bool, _ handler: @escaping (Event) throws -> Void) -> ListenerToken {
        let token = shard.nextListener()
        handlers.add(EventName(event), once: once, number: token.number, handler)
        return token
    }

    /// Sets the handler of events that have no handler of their own, for example to answer with an error.
    /// - Parameter handler: called on the socket's loop; replaces an earlier one.
    public func onUnhandled(_ handler: @escaping (Event) throws -> Void) { unhandled = handler }

    /// Registers a handler for the moment before the socket leaves its rooms.
    /// - Parameter handler: called once, with the reason (see ``onDisconnect(_:)``).
    public func onDisconnecting(_ handler: @escaping (_ reason: String) -> Void) {
        disconnectingHandlers.append(handler)
    }

    /// Registers a handler for the end of the socket. It has left its rooms by then.
    ///
    /// Reasons are `client namespace disconnect`, `server namespace disconnect`, or that of the session's end:
    /// `transport close`, `transport error`, `ping timeout`, `parse error`, `forced close`, `forced server close`,
    /// `server shutting down`, and ours: `slow consumer`, `rate limit`, `event queue full`, `message timeout`.
    /// - Parameter handler: called once, with the reason.
    public func onDisconnect(_ handler: @escaping (_ reason: String) -> Void) { disconnectHandlers.append(handler) }
}

// MARK: - What the connection tells it

extension Socket {
    /// An event came from the client.
    func received(_ name: consuming EventName, _ arguments: consuming Arguments, acknowledgementID: Int?) {
        if let asynchronous, asynchronous.isRunning {
            let hasRoom = asynchronous.wait(name, arguments, acknowledgementID)
            if !hasRoom { connection.waitingEventsOverflowed() }
        } else {
            handle(event(name, arguments, acknowledgementID))
        }
    }

    func event(_ name: consuming EventName, _ arguments: consuming Arguments, _ acknowledgementID: Int?) -> Event {
        Event(
            eventName: name, arguments: arguments,
            acknowledgement: acknowledgementID.map { Acknowledgement(id: $0, socket: self) }, socket: self)
    }

    /// It is an event's turn.
    func handle(_ event: Event) {
        let start = namespace.figures.eventBegins()
        do {
            if let listeners {
                try listeners.check(event)
                guard isConnected else { return }
                try listeners.announce(event)
            }
            try dispatch(event)
        } catch {
            asynchronous?.dropPending()
            failed(event, error)
        }
        if asynchronous != nil { startPending() }
        if let start { measured(since: start) }
    }

    /// An event that is measured has been handled, or is by handlers that await.
    private func measured(since start: NIODeadline) {
        if let asynchronous, asynchronous.isRunning {
            asynchronous.measuredSince = start
        } else {
            namespace.figures.eventEnded(since: start)
        }
    }

    private func dispatch(_ event: Event) throws {
        let shared = shared[event.eventName]
        // Many sockets have the handlers of their namespace only.
        if !handlers.isEmpty, let own = handlers[event.eventName] {
            try run(own, event)
        } else if shared == nil {
            try unhandled?(event)
        }
        try shared?.run(event)
    }

    private func run(_ registrations: EventHandlers.Registrations, _ event: Event) throws {
        switch registrations {
        case .one(let registration):
            if registration.once { handlers.removeOnce(event.eventName) }
            try registration.handle(event)
        case .several(let list):
            if list.contains(where: \.once) { handlers.removeOnce(event.eventName) }
            for registration in list { try registration.handle(event) }
        }
    }

    /// The socket's end: tells the application, leaves all rooms, lets go of everything that could hold it.
    func closed(_ reason: String) {
        guard !isClosing else { return }
        isClosing = true
        for handler in disconnectingHandlers { handler(reason) }
        save(reason)
        shard.remove(self)
        isConnected = false
        endAsyncEvents()
        for timer in timers.values { timer.stop() }
        timers = [:]
        for pending in acknowledgements.removeAll() { pending.finish(.failure(.disconnected)) }
        for handler in disconnectHandlers { handler(reason) }
        handlers = EventHandlers()
        unhandled = nil
        endListeners()
        (disconnectingHandlers, disconnectHandlers) = ([], [])
        lease = nil
    }
}
