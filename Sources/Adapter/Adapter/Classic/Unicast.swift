public import Cluster

/// How an event for a single socket reaches its node without going to all.
///
/// Ids of our sockets begin with the tag of their node (architecture, section 4). If that node is known to live, the
/// event goes to its inbox, a channel that only it subscribes to and that Node.js peers do not know. For any other
/// room, the classic channel is used.
public struct Unicast: Sendable {
    /// Lengths of our socket ids, in characters. The longer ones are the session ids of clients of Socket.IO 2.x.
    static let idLengths = [20, 23]

    /// This node.
    public var tag: NodeTag
    /// What the names of the inboxes begin with. Default `switchboard`.
    public var prefix: String
    /// Whether a node is known to live.
    public var isLive: @Sendable (NodeTag) -> Bool

    /// Where a broadcast has to go.
    enum Route: Equatable {
        case everybody
        case inbox(NodeTag)
        /// The only room is a socket of this node.
        case nobody
    }

    /// Describes how to reach single nodes.
    /// - Parameters:
    ///   - tag: this node.
    ///   - prefix: what the names of the inboxes begin with; the same on all nodes. Default `switchboard`.
    ///   - isLive: whether a node is known to live; must not block.
    public init(
        tag: NodeTag, prefix: String = "switchboard", isLive: @escaping @Sendable (NodeTag) -> Bool
    ) {
        self.tag = tag
        self.prefix = prefix
        self.isLive = isLive
    }

    func route(_ rooms: [String]) -> Route {
        guard rooms.count == 1, Self.idLengths.contains(rooms[0].utf8.count), let owner = NodeTag(owning: rooms[0])
        else { return .everybody }
        if owner == tag { return .nobody }
        return isLive(owner) ? .inbox(owner) : .everybody
    }

    func inbox(of tag: NodeTag, namespace: String) -> String {
        "\(prefix)-inbox#\(namespace)#\(tag)#"
    }
}
