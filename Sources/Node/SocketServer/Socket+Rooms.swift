import Cluster
import NIOCore

extension Socket {
    /// The rooms that it is in, its own id included. Empty after the disconnect.
    public var rooms: Set<String> { handle.map { Set(shard.index.rooms(of: $0)) } ?? [] }

    /// Joins a room. Does nothing if it is there already, or is disconnected.
    /// - Parameter room: the room's name; the socket's own id is always joined already.
    /// - Throws: ``RoomLimitReached``, when it is in as many rooms as the configuration allows.
    public func join(_ room: String) throws(RoomLimitReached) {
        guard let handle else { return }
        let limit = namespace.configuration.maxRoomsPerSocket
        guard shard.index.roomCount(of: handle) < limit || shard.index.contains(handle, room) else {
            throw RoomLimitReached(limit: limit)
        }
        shard.join(self, room)
    }

    /// Leaves a room. Does nothing if it is not there; its own id cannot be left.
    /// - Parameter room: the room's name.
    public func leave(_ room: String) {
        shard.leave(self, room)
    }

    /// Everybody in the namespace but this socket.
    public var broadcast: BroadcastOperator {
        BroadcastOperator(namespace: namespace, options: BroadcastOptions(except: [id]))
    }

    /// Everybody in the namespace on this node but this socket.
    public var local: BroadcastOperator { broadcast.local }

    /// The members of rooms, but this socket.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: an operator that sends to the union of the rooms, each member once.
    public func to(_ rooms: String...) -> BroadcastOperator { broadcast.to(rooms) }

    /// Everybody in the namespace but the members of rooms and this socket.
    /// - Parameter rooms: names of rooms; ids of sockets are rooms too.
    /// - Returns: an operator that leaves them out.
    public func except(_ rooms: String...) -> BroadcastOperator { broadcast.except(rooms) }

    /// Disconnects the client from this namespace: it sees `io server disconnect` and does not come back by itself.
    /// - Parameter close: whether to end its session and so its sockets in all namespaces.
    public func disconnect(close: Bool = false) {
        if close {
            connection.disconnectAll()
        } else {
            connection.disconnect(self)
        }
    }

    /// Runs something later on the socket's loop, unless it has disconnected by then.
    /// - Parameters:
    ///   - delay: how long to wait.
    ///   - body: called once, with the socket.
    /// - Returns: a way to cancel it; need not be kept.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping (Socket) -> Void) -> Cancellable {
        let timer = Cancellable(socket: self)
        guard isConnected else { return timer }
        timers[ObjectIdentifier(timer)] = timer
        timer.scheduled = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [self] in
            timers[ObjectIdentifier(timer)] = nil
            body(self)
        }
        return timer
    }
}
