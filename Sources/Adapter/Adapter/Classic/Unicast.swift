public import Cluster

/// How an event for single sockets reaches their nodes without going to all.
///
/// Ids of our sockets begin with the tag of their node (architecture, section 4). If all rooms of an event are such ids,
/// and their nodes are known to live, it goes to the inbox of each of these nodes: a channel that only that node subscribes
/// to and that Node.js peers do not know. So it costs one publication for each other node concerned, with one receiver,
/// however many nodes there are; none if all sockets are of this node. With any other room, the classic channel is used,
/// since only the nodes themselves know who is in it.
public struct Unicast: Sendable {
    /// Lengths of our socket ids, in characters. The longer ones are the session ids of clients of Socket.IO 2.x.
    static let idLengths = [20, 23]

    /// This node.
    public var tag: NodeTag
    /// What the names of the inboxes begin with. Default `switchboard`.
    public var prefix: String
    /// Whether a node is known to live.
    public var isLive: @Sendable (NodeTag) -> Bool
    /// Whether a socket with an id of this node may be on another one, as with a ``RecoveryStore`` that is shared. What is
    /// for it goes to this node's own inbox, which that other node reads, too.
    public var isElsewhere: @Sendable (_ id: String) -> Bool

    /// Where a broadcast has to go.
    enum Route: Equatable {
        case everybody
        /// These nodes, of which there is at least one.
        case inboxes([NodeTag])
        /// All rooms are sockets of this node, and here.
        case nobody
    }

    /// Describes how to reach single nodes.
    /// - Parameters:
    ///   - tag: this node.
    ///   - prefix: what the names of the inboxes begin with; the same on all nodes. Default `switchboard`.
    ///   - isElsewhere: whether a socket with an id of this node may be on another one; must not block. Default: never.
    ///   - isLive: whether a node is known to live; must not block.
    public init(
        tag: NodeTag, prefix: String = "switchboard",
        isElsewhere: @escaping @Sendable (_ id: String) -> Bool = { _ in false },
        isLive: @escaping @Sendable (NodeTag) -> Bool
    ) {
        self.tag = tag
        self.prefix = prefix
        self.isElsewhere = isElsewhere
        self.isLive = isLive
    }

    func route(_ rooms: [String]) -> Route {
        guard !rooms.isEmpty else { return .everybody }
        var owners: [NodeTag] = []
        for room in rooms {
            guard Self.idLengths.contains(room.utf8.count), let owner = NodeTag(owning: room) else { return .everybody }
            if owners.contains(owner) || owner == tag && !isElsewhere(room) { continue }
            guard owner == tag || isLive(owner) else { return .everybody }
            owners.append(owner)
        }
        return owners.isEmpty ? .nobody : .inboxes(owners)
    }

    func inbox(of tag: NodeTag, namespace: String) -> String {
        "\(prefix)-inbox#\(namespace)#\(tag)#"
    }
}
