public import Cluster
public import SocketIO

/// What connects one namespace of this node with the same namespace on the other nodes.
///
/// Every method concerns the *other* nodes only: the namespace itself serves its local sockets (through the same
/// paths as ``LocalSockets``) and merges. So the adapter of a node that runs alone does nothing and answers nothing.
/// `publish` never suspends and keeps the order of calls from one loop.
public protocol ClusterAdapter: Sendable {
    /// Begins to receive. Called once, before the first socket connects.
    /// - Parameter local: where what other nodes say is carried out.
    func start(_ local: any LocalSockets)
    /// Receives nothing more and lets go of the namespace: its last socket has left for good. Called at most once, after
    /// ``start(_:)``; never suspends, and calls nobody back.
    func stop()
    /// Sends an event to the matching sockets of other nodes.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to; when it names a single socket id of ours, only the owning node gets it.
    func publish(_ arguments: Arguments, to options: BroadcastOptions)
    /// Sends an event to the matching sockets of other nodes and collects their acknowledgements until all have
    /// answered or the time is over.
    func publishExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration
    ) async -> ClusterAnswer<Value>
    /// Sockets of other nodes that match.
    func fetchSockets(_ options: BroadcastOptions) async -> ClusterAnswer<RemoteSocket>
    /// All rooms of other nodes that have a member (socket ids included).
    func allRooms() async -> ClusterAnswer<String>
    /// Makes matching sockets of other nodes join rooms.
    func join(_ rooms: [String], _ options: BroadcastOptions)
    /// Makes matching sockets of other nodes leave rooms.
    func leave(_ rooms: [String], _ options: BroadcastOptions)
    /// Disconnects matching sockets of other nodes from the namespace; `close` also closes their connections.
    func disconnect(_ options: BroadcastOptions, close: Bool)
    /// Sends an event to the other *servers*.
    /// - Parameter arguments: event name and its arguments.
    func serverSideEmit(_ arguments: Arguments)
    /// Sends an event to the other servers; each answers with one value.
    func serverSideEmit(_ arguments: Arguments, timeout: Duration) async -> ClusterAnswer<Value>
    /// Number of nodes that have this namespace, this one included.
    func serverCount() async -> Int
    /// Who wants to hear which rooms have a member on this node; asked once, before ``start(_:)``. `nil`, which is the
    /// default, costs nothing per room.
    var roomFollower: (any RoomFollower)? { get }
    /// A socket is here now whose id begins with the tag of another node: its client was restored here. What is for it may
    /// be sent the way of that node. Called from any thread. Default: does nothing.
    /// - Parameter id: the socket's id.
    func adopted(_ id: String)
    /// A socket is gone that had been ``adopted(_:)``. Default: does nothing.
    /// - Parameter id: the socket's id.
    func released(_ id: String)
}

extension ClusterAdapter {
    /// Does nothing.
    /// - Parameter id: makes no difference.
    public func adopted(_ id: String) {}
    /// Does nothing.
    /// - Parameter id: makes no difference.
    public func released(_ id: String) {}
    /// Nobody.
    public var roomFollower: (any RoomFollower)? { nil }
}

/// A socket anywhere in the cluster, as `fetchSockets` describes it.
public struct RemoteSocket: Sendable {
    /// The socket id.
    public var id: String
    /// The handshake, in the shape of the reference: `headers`, `time`, `address`, `xdomain`, `secure`, `issued`,
    /// `url`, `query`, `auth`.
    public var handshake: Value
    /// Rooms, the socket's own id included.
    public var rooms: [String]
    /// The socket's `data`.
    public var data: Value

    /// Describes a socket.
    public init(id: String, handshake: Value, rooms: [String], data: Value) {
        self.id = id
        self.handshake = handshake
        self.rooms = rooms
        self.data = data
    }
}
