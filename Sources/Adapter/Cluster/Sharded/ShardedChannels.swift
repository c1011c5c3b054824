/// Names of the shard channels of one namespace, as `createShardedAdapter` of `@socket.io/redis-adapter` has them
/// (wire, 3).
public struct ShardedChannels: Sendable, Hashable {
    /// The length, in UTF-16 units, by which the peers recognise the id of a socket among names of rooms.
    private static let socketIDLength = 20

    /// What every name begins with. Default `socket.io`.
    public let key: String
    /// The namespace, with its leading slash.
    public let namespace: String
    /// Which rooms have a channel of their own. Default ``ShardedMode/dynamic``.
    public let mode: ShardedMode

    /// Creates the names of a namespace.
    /// - Parameters:
    ///   - key: the option `channelPrefix` of the peers; default `socket.io`.
    ///   - namespace: with its leading slash.
    ///   - mode: the option `subscriptionMode` of the peers; default ``ShardedMode/dynamic``.
    public init(key: String = "socket.io", namespace: String, mode: ShardedMode = .dynamic) {
        self.key = key
        self.namespace = namespace
        self.mode = mode
    }

    /// Where everything goes that has no channel of its own. Its subscribers are the nodes that have the namespace.
    public var common: String { "\(key)#\(namespace)#" }

    /// Where answers to one node go.
    /// - Parameter uid: of the node that asked.
    /// - Returns: the channel.
    public func response(to uid: String) -> String { room(uid) }

    /// The channel of a room.
    /// - Parameter room: its name.
    /// - Returns: the channel, whether or not the room is one that has its own in this mode.
    public func room(_ room: String) -> String { "\(common)\(room)#" }

    /// Where a broadcast without acknowledgements goes.
    /// - Parameter rooms: its target rooms.
    /// - Returns: the channel of its only room, if that has one of its own in this mode; otherwise ``common``.
    public func broadcast(to rooms: [String]) -> String {
        guard rooms.count == 1 else { return common }
        return switch mode {
        case .static: common
        case .dynamic: Self.looksLikeSocketID(rooms[0]) ? common : room(rooms[0])
        case .dynamicPrivate: room(rooms[0])
        }
    }

    /// Whether a node that has a member of a room is to subscribe to the room's channel.
    /// - Parameters:
    ///   - room: name of the room.
    ///   - isSocketID: whether it is the room that a socket's own id is.
    /// - Returns: whether somebody may publish there.
    public func follows(_ room: String, isSocketID: Bool) -> Bool {
        switch mode {
        case .static: false
        // Ids of another length, which clients of Socket.IO 2.x have, look like any room to those who publish.
        case .dynamic: !isSocketID || !Self.looksLikeSocketID(room)
        case .dynamicPrivate: true
        }
    }

    private static func looksLikeSocketID(_ room: String) -> Bool { room.utf16.count == socketIDLength }
}
