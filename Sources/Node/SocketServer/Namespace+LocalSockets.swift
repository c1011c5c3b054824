public import Adapter
public import Cluster
import Logging
import NIOCore
public import SocketIO

extension Namespace {
    /// Name of the namespace, with its leading slash.
    public var namespaceName: String { name }

    /// Whether an event for a room may concern anybody here. Known where one event loop has all sockets, on that loop.
    /// - Parameter room: its name; ids of sockets are rooms too.
    /// - Returns: `false` only if nobody here would get it.
    public func mayHaveMembers(of room: String) -> Bool {
        guard shards.count == 1, recovery == nil, children == nil, shards[0].eventLoop.inEventLoop else { return true }
        return shard(of: room) != nil || shards[0].value.index.memberCount(of: room) > 0
    }

    /// Delivers an event to the matching local sockets; nothing is published.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to, and how.
    public func deliver(_ arguments: Arguments, to options: BroadcastOptions) {
        let shard = onlyShard(of: options)
        // Where recovery is on, who waits for a client may have a use for what is for it.
        if shard != nil || recovery != nil, options.rooms.count == 1, receivedRelay(arguments, for: options.rooms[0]) {
            return
        }
        if let recovery, !options.flags.volatile {
            return record(arguments, to: options, isForeign: true, recovery)
        }
        let message = prepared(encoder.event(arguments, namespace: wireName), for: options)
        if let shard {
            shard.run { $0.deliver(message, arguments, to: options) }
        } else {
            for shard in shards { shard.run { $0.deliver(message, arguments, to: options) } }
        }
    }

    /// Delivers an event that local clients shall acknowledge.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - options: whom it goes to.
    ///   - timeout: acknowledgements that come later are ignored.
    ///   - clientCount: called once, with the number of matching sockets.
    ///   - acknowledgement: called once for each acknowledgement, with its first argument.
    public func deliverExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration,
        clientCount: @escaping @Sendable (Int) -> Void, acknowledgement: @escaping @Sendable (Value) -> Void
    ) {
        let id = nextQuestionID()
        let message = prepared(encoder.event(arguments, namespace: wireName, acknowledgementID: id), for: options)
        let time = TimeAmount(timeout)
        gather { shard in
            shard.ask(message, arguments, id: id, to: options, timeout: time, acknowledgement: acknowledgement)
        } completion: { counts in
            clientCount(counts.reduce(0, +))
        }
    }

    /// Describes the matching local sockets.
    /// - Parameters:
    ///   - options: which sockets.
    ///   - completion: called once with the descriptions.
    public func fetch(_ options: BroadcastOptions, completion: @escaping @Sendable ([RemoteSocket]) -> Void) {
        gather {
            $0.describe(options)
        } completion: {
            completion($0.flatMap { $0 })
        }
    }

    /// Lists the rooms that have a local member, socket ids included.
    /// - Parameter completion: called once with the names.
    public func rooms(completion: @escaping @Sendable (Set<String>) -> Void) {
        gather { shard in
            Set(shard.index.roomNames).union(shard.index.ids)
        } completion: { sets in
            completion(sets.reduce(into: Set()) { $0.formUnion($1) })
        }
    }

    /// Makes matching local sockets join rooms. A socket at its limit of rooms stays out; that is logged.
    /// - Parameters:
    ///   - rooms: the rooms to join.
    ///   - options: which sockets.
    public func join(_ rooms: [String], _ options: BroadcastOptions) {
        forEach(options) { socket in
            do throws(RoomLimitReached) {
                for room in rooms { try socket.join(room) }
            } catch {
                socket.namespace.logger.warning(
                    "room limit reached", metadata: ["sid": "\(socket.id)", "limit": "\(error.limit)"])
            }
        }
    }

    /// Makes matching local sockets leave rooms.
    /// - Parameters:
    ///   - rooms: the rooms to leave.
    ///   - options: which sockets.
    public func leave(_ rooms: [String], _ options: BroadcastOptions) {
        forEach(options) { socket in
            for room in rooms { socket.leave(room) }
        }
    }

    /// Disconnects matching local sockets.
    /// - Parameters:
    ///   - options: which sockets.
    ///   - close: whether their sessions end too.
    public func disconnect(_ options: BroadcastOptions, close: Bool) {
        forEach(options) { $0.disconnect(close: close) }
    }

    /// Gives an event of another server to its handler; without one it is ignored.
    /// - Parameters:
    ///   - arguments: event name and its arguments.
    ///   - acknowledge: when the sender wants an answer: to be called at most once, with one value.
    public func receivedServerSide(_ arguments: Arguments, acknowledge: (@Sendable (Value) -> Void)?) {
        guard let name = arguments.eventName?.string, let handler = registered.serverEventHandlers[name] else { return }
        handler(arguments.dropFirst(), acknowledge)
    }

    /// The one shard that options concern, if they name a single local socket id.
    func onlyShard(of options: BroadcastOptions) -> Confined<NamespaceShard>? {
        options.rooms.count == 1 ? shard(of: options.rooms[0]) : nil
    }

    private func forEach(_ options: BroadcastOptions, _ body: @escaping @Sendable (Socket) -> Void) {
        for shard in shards { shard.run { $0.forEach(options, body) } }
    }

    /// Asks every shard and hands over all answers, in the order of the shards' answering.
    func gather<Answer: Sendable>(
        _ body: @escaping @Sendable (NamespaceShard) -> Answer, completion: @escaping @Sendable ([Answer]) -> Void
    ) {
        let gathering = Gathering(expected: shards.count, completion)
        for shard in shards { shard.run { gathering.add(body($0)) } }
    }
}
