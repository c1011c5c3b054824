public import Cluster
public import SocketIO

/// Where connection state recovery keeps the sockets that lost their connection, and the events that they may have missed
/// (wire, section 7). In this process, or shared by all nodes.
///
/// One store serves all namespaces of a server. Everything but ``session(_:in:offset:)`` and
/// ``restore(_:in:offset:)`` is called on event loops and must neither suspend nor block.
///
/// A socket is restored in three steps, so that no event is lost or doubled between them: ``session(_:in:offset:)``
/// says who it was; the server makes it a member of its rooms again and holds back what arrives for it from now on;
/// ``restore(_:in:offset:)``, called after that, says what it has missed. What was held back and is among that is
/// dropped, by its offset. So a store must count among the missed every event that this node has appended, or received
/// from another node, before `restore` was called.
///
/// A restored socket has the id that it had. The server finds it by that id on whichever event loop of the node it is.
/// A store that is shared (``isShared``) lets it come back on another node, whose tag its id does not begin with. That
/// node tells its adapters (``ClusterAdapter/adopted(_:)``), and the node of the tag asks ``isElsewhere(_:)``. The two
/// asynchronous methods must answer within seconds, with `nil` if they cannot: a client is waiting.
public protocol RecoveryStore: Sendable {
    /// Whether nodes share it. Then it is told about sockets while they are connected, so that they can be restored when
    /// their node has no time to say goodbye, and events are published in the order in which they are appended. Default:
    /// `false`.
    var isShared: Bool { get }
    /// Begins. Called once, before anything else.
    /// - Parameter events: what the store tells the server.
    func start(_ events: RecoveryEvents)
    /// A socket that may be restored later is here. Called only if the store is shared, as are the next methods
    /// up to ``isElsewhere(_:)``. Default: does nothing.
    /// - Parameter id: its id.
    func joined(_ id: String)
    /// A socket that had ``joined(_:)`` is not here any more. Default: does nothing.
    /// - Parameter id: its id.
    func left(_ id: String)
    /// What is to be restored of a connected socket has changed, or is told for the first time. Default: does nothing.
    /// - Parameter session: what is to be restored.
    func update(_ session: RecoverableSession)
    /// A socket ended for good. Default: does nothing.
    /// - Parameter session: what would have been restored.
    func end(_ session: RecoverableSession)
    /// Whether a socket with an id of this node is not here. Default: `false`.
    /// - Parameter id: an id that begins with the tag of this node.
    /// - Returns: `true` if it may be on another node, or come back.
    func isElsewhere(_ id: String) -> Bool
    /// An event that may have to be repeated is about to be delivered. Calls for one namespace come one at a time, and its
    /// events are delivered in the order of the calls.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to; of an event that another node recorded, its flags have the event's name.
    ///   - isForeign: whether another node published it. A store that is shared has it already; one that is not keeps
    ///     what each node delivers.
    /// - Returns: the event in the form in which it is delivered here, and its name.
    func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, isForeign: Bool
    ) -> RecordedEvent
    /// The same for an event of this node that other nodes get, too. Called only if the store is shared. Default: appends
    /// it, then publishes it.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to.
    ///   - publish: publishes the event under its name, before it returns; to be called once.
    /// - Returns: the event in the form in which it is delivered here, and its name.
    func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, publish: (EventID?) -> Void
    ) -> RecordedEvent
    /// The offset of a socket that is being connected: everything that is appended from now on comes after it.
    /// - Parameter namespace: the namespace, with its leading slash.
    /// - Returns: the offset of the last event, or one that stands for none.
    func offset(in namespace: String) -> String
    /// A socket lost its connection.
    /// - Parameter session: what is to be restored.
    func save(_ session: RecoverableSession)
    /// Looks for a session that can be restored; it stays where it is.
    /// - Parameters:
    ///   - pid: the private id that the client says.
    ///   - namespace: the namespace, with its leading slash.
    ///   - offset: the offset of the last event that it received, as it says; `nil` if it received none.
    /// - Returns: the session; `nil` if there is none, or if it is not known what it has missed.
    func session(_ pid: String, in namespace: String, offset: String?) async -> RecoverableSession?
    /// Takes a session away, so that nobody else restores it.
    /// - Parameters:
    ///   - pid: the private id that the client says.
    ///   - namespace: the namespace, with its leading slash.
    ///   - offset: the offset of the last event that it received, as it says; `nil` if it received none.
    /// - Returns: what it has missed, in order, in the form in which it is delivered; `nil` if there is no such session
    ///   (any more), or if it is not known what it has missed.
    func restore(_ pid: String, in namespace: String, offset: String?) async -> MissedEvents?
    /// What the store has done and keeps, for metrics.
    var statistics: RecoveryStatistics { get }
}

extension RecoveryStore {
    /// Appends an event, then publishes it.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to.
    ///   - publish: publishes the event under its name.
    /// - Returns: the event in the form in which it is delivered here, and its name.
    public func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, publish: (EventID?) -> Void
    ) -> RecordedEvent {
        let recorded = append(event, in: namespace, to: options, isForeign: false)
        publish(recorded.id)
        return recorded
    }
    /// Not shared.
    public var isShared: Bool { false }
    /// Does nothing.
    /// - Parameter id: makes no difference.
    public func joined(_ id: String) {}
    /// Does nothing.
    /// - Parameter id: makes no difference.
    public func left(_ id: String) {}
    /// Does nothing.
    /// - Parameter session: makes no difference.
    public func update(_ session: RecoverableSession) {}
    /// Does nothing.
    /// - Parameter session: makes no difference.
    public func end(_ session: RecoverableSession) {}
    /// Sockets of this node are here, or nowhere.
    /// - Parameter id: makes no difference.
    /// - Returns: `false`.
    public func isElsewhere(_ id: String) -> Bool { false }
}

/// What a ``RecoveryStore`` tells the server. All are called on any thread and must not block.
public struct RecoveryEvents: Sendable {
    /// A session is given up: once, on one node.
    public var expired: @Sendable (RecoverableSession) -> Void
    /// A client has come to another node, or is owned by it already: the connection that its socket still has here, if it
    /// has one, is to be closed as lost. Private id and namespace.
    public var claimed: @Sendable (_ pid: String, _ namespace: String) -> Void
    /// A socket that was lost here is restored or given up elsewhere: nothing needs to wait for it any more. Private id and
    /// namespace.
    public var released: @Sendable (_ pid: String, _ namespace: String) -> Void
    /// What the store knew about connected sockets may be gone: it is to be told again.
    public var refresh: @Sendable () -> Void

    /// Describes what to do.
    /// - Parameters:
    ///   - expired: a session is given up.
    ///   - claimed: a client has come to another node; default: nothing.
    ///   - released: a socket is restored or given up elsewhere; default: nothing.
    ///   - refresh: the store is to be told about all connected sockets again; default: nothing.
    public init(
        expired: @escaping @Sendable (RecoverableSession) -> Void,
        claimed: @escaping @Sendable (_ pid: String, _ namespace: String) -> Void = { _, _ in },
        released: @escaping @Sendable (_ pid: String, _ namespace: String) -> Void = { _, _ in },
        refresh: @escaping @Sendable () -> Void = {}
    ) {
        self.expired = expired
        self.claimed = claimed
        self.released = released
        self.refresh = refresh
    }
}

/// An event that a store has made recoverable.
public struct RecordedEvent: Sendable {
    /// Names the event; `nil` if it cannot be repeated, because who sent it does not take part.
    public var id: EventID?
    /// What this node's sockets get: the event with a further argument, the offset by which clients say what they have
    /// received.
    public var delivered: Arguments

    /// Describes an event.
    /// - Parameters:
    ///   - id: names it; `nil` if it cannot be repeated.
    ///   - delivered: what this node's sockets get.
    public init(id: EventID?, delivered: Arguments) {
        self.id = id
        self.delivered = delivered
    }
}

/// What a restored socket has missed.
public struct MissedEvents: Sendable, Equatable {
    /// The events, in order.
    public var events: [MissedEvent]
    /// What has been received when these have been: the same events may still arrive, and are then left out.
    public var received: ReceivedEvents
    /// What is to be kept with the session from now on.
    public var restorations: [Restoration]

    /// Describes what was missed.
    /// - Parameters:
    ///   - events: the events, in order.
    ///   - received: what has been received when these have been.
    ///   - restorations: what is to be kept with the session from now on; default: nothing.
    public init(events: [MissedEvent], received: ReceivedEvents, restorations: [Restoration] = []) {
        self.events = events
        self.received = received
        self.restorations = restorations
    }
}

/// An event that a restored socket has missed.
public struct MissedEvent: Sendable, Equatable {
    /// What the client says when this is the last event that it has received.
    public var offset: String
    /// Event name and arguments, the offset behind them.
    public var event: Arguments
    /// How it was sent.
    public var flags: BroadcastOptions.Flags

    /// Describes an event.
    /// - Parameters:
    ///   - offset: what the client says when this is the last event that it has received.
    ///   - event: event name and arguments, the offset behind them.
    ///   - flags: how it was sent.
    public init(offset: String, event: Arguments, flags: BroadcastOptions.Flags = BroadcastOptions.Flags()) {
        self.offset = offset
        self.event = event
        self.flags = flags
    }
}

/// What a recovery store has done since its start, and what it keeps now.
public struct RecoveryStatistics: Sendable, Equatable {
    /// Lost sessions that may come back.
    public var sessions = 0
    /// Events that may have to be repeated.
    public var packets = 0
    /// What these take, in bytes.
    public var bytes = 0
    /// Sessions that were restored.
    public var restored = 0
    /// Attempts that failed: unknown or expired sessions, unknown offsets, too much missed.
    public var failed = 0
    /// Sessions given up because their time was over.
    public var expired = 0
    /// Sessions given up because there were too many.
    public var droppedSessions = 0
    /// Events given up because there were too many, or too large ones.
    public var droppedPackets = 0

    /// Creates statistics of which all are 0.
    public init() {}
}
