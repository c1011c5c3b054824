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
/// A store that is shared lets it come back on another node, whose tag its id does not begin with: the adapters that
/// are used with such a store must not route by the tag alone, as ``Unicast`` does. The two asynchronous methods must
/// answer within seconds, with `nil` if they cannot: a client is waiting.
public protocol RecoveryStore: Sendable {
    /// Begins. Called once, before anything else.
    /// - Parameter expired: to be called once, on one node, for each session that is given up, on any thread.
    func start(_ expired: @escaping @Sendable (RecoverableSession) -> Void)
    /// An event that may have to be repeated is about to be delivered. Calls for one namespace come one at a time, and its
    /// events are delivered in the order of the calls.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to.
    ///   - isForeign: whether another node published it. A store that is shared has it already; one that is not keeps
    ///     what each node delivers.
    /// - Returns: the event in the forms in which it is delivered here and published.
    func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, isForeign: Bool
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
    func restore(_ pid: String, in namespace: String, offset: String?) async -> [MissedEvent]?
    /// What the store has done and keeps, for metrics.
    var statistics: RecoveryStatistics { get }
}

/// An event that a store has made recoverable.
public struct RecordedEvent: Sendable {
    /// Names the event: the argument behind the last, by which clients say what they have received.
    public var offset: String
    /// What this node's sockets get: the event with its offset as a further argument.
    public var delivered: Arguments
    /// What the other nodes get.
    public var published: Arguments

    /// Describes an event.
    /// - Parameters:
    ///   - offset: names the event.
    ///   - delivered: what this node's sockets get.
    ///   - published: what the other nodes get.
    public init(offset: String, delivered: Arguments, published: Arguments) {
        self.offset = offset
        self.delivered = delivered
        self.published = published
    }
}

/// An event that a restored socket has missed.
public struct MissedEvent: Sendable, Equatable {
    /// Names the event.
    public var offset: String
    /// Event name and arguments, the offset behind them.
    public var event: Arguments
    /// How it was sent.
    public var flags: BroadcastOptions.Flags

    /// Describes an event.
    /// - Parameters:
    ///   - offset: names the event.
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
