import Cluster
import Synchronization

extension Namespace {
    // MARK: What happens to rooms

    /// Registers a handler for rooms that get their first member on this node (`create-room` of the reference).
    ///
    /// The four kinds of handlers are called on one event loop of the server, one call after the other in the order in
    /// which things happened on this node, shortly after they did; they must not block. Sockets' own ids are rooms, too.
    /// Without any handler nothing is kept and nothing is sent anywhere. Register before the server listens: of rooms
    /// that are there already, only the end is told.
    /// - Parameter handler: called with the room and its first member.
    public func onRoomCreated(_ handler: @escaping @Sendable (RoomEvent) -> Void) {
        observeRooms(.created, handler)
    }

    /// Registers a handler for rooms that lost their last member on this node (`delete-room` of the reference); see
    /// ``onRoomCreated(_:)``.
    /// - Parameter handler: called with the room and its last member.
    public func onRoomDeleted(_ handler: @escaping @Sendable (RoomEvent) -> Void) {
        observeRooms(.deleted, handler)
    }

    /// Registers a handler for sockets of this node that join a room (`join-room` of the reference), called after that
    /// for a new room; see ``onRoomCreated(_:)``.
    /// - Parameter handler: called with the room and who joined.
    public func onRoomJoined(_ handler: @escaping @Sendable (RoomEvent) -> Void) {
        observeRooms(.joined, handler)
    }

    /// Registers a handler for sockets of this node that leave a room, or disconnect (`leave-room` of the reference);
    /// see ``onRoomCreated(_:)``.
    /// - Parameter handler: called with the room and who left.
    public func onRoomLeft(_ handler: @escaping @Sendable (RoomEvent) -> Void) {
        observeRooms(.left, handler)
    }

    private func observeRooms(_ kind: RoomHandlers.Kind, _ handler: @escaping RoomHandlers.Handler) {
        var isFirst = false
        register { registrations in
            isFirst = registrations.roomHandlers.isEmpty
            registrations.roomHandlers.add(kind, handler)
        }
        guard isFirst else { return }
        let observer = RoomObserver(eventLoop: shards[0].eventLoop)
        for shard in shards { shard.run { $0.observeRooms(observer) } }
    }

    // MARK: What is on this node

    /// How many sockets of the namespace are on this node; of a parent, of all its namespaces.
    public var localSocketCount: Int {
        let own = socketCount.load(ordering: .relaxed)
        return (children?.all ?? []).reduce(own) { $0 + $1.localSocketCount }
    }

    /// The rooms of the namespace on this node with the ids of their members here. Sockets' own ids are rooms, too.
    /// - Returns: ids of sockets by room.
    public func localRooms() async -> [String: Set<String>] {
        let own = await withCheckedContinuation { continuation in
            gather {
                $0.index.membersByRoom
            } completion: {
                continuation.resume(returning: $0)
            }
        }
        var rooms = own.reduce(into: [:]) { $0.merge($1) { $0.union($1) } }
        for child in children?.all ?? [] { rooms.merge(await child.localRooms()) { $0.union($1) } }
        return rooms
    }

    /// The ids of the namespace's sockets on this node.
    /// - Returns: the ids.
    public func localSocketIDs() async -> Set<String> {
        var ids = await withCheckedContinuation { continuation in
            gather {
                Set($0.index.ids)
            } completion: { sets in
                continuation.resume(returning: sets.reduce(into: Set()) { $0.formUnion($1) })
            }
        }
        for child in children?.all ?? [] { ids.formUnion(await child.localSocketIDs()) }
        return ids
    }
}
