/// Something that happened to a room on this node (``Namespace/onRoomCreated(_:)`` and its siblings).
public struct RoomEvent: Sendable {
    /// The namespace that the room belongs to.
    public let namespace: Namespace
    /// Name of the room. Each socket's own id is a room, too: then it is the same as ``socketID``.
    public let room: String
    /// Who joined or left.
    public let socketID: String
}

/// What an application does when something happens to a room.
struct RoomHandlers: Sendable {
    typealias Handler = @Sendable (RoomEvent) -> Void

    enum Kind {
        case created, deleted, joined, left
    }

    private var byKind: [Kind: [Handler]] = [:]

    var isEmpty: Bool { byKind.isEmpty }

    mutating func add(_ kind: Kind, _ handler: @escaping Handler) { byKind[kind, default: []].append(handler) }

    func run(_ kind: Kind, _ event: RoomEvent) {
        for handler in byKind[kind] ?? [] { handler(event) }
    }
}
