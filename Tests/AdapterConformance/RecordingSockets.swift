public import Adapter
public import Cluster
public import SocketIO
import Synchronization

/// The sockets of one namespace on one node of a test: a table of ids and rooms that writes down what happens to it.
public final class RecordingSockets: LocalSockets {
    /// An event that was delivered.
    public struct Delivery: Sendable, Equatable {
        /// Event name and arguments.
        public var arguments: Arguments
        /// Ids of the receivers, sorted.
        public var receivers: [String]
        /// As received.
        public var flags: BroadcastOptions.Flags
    }

    private struct State {
        var sockets: [String: Set<String>]
        var deliveries: [Delivery] = []
        var serverEvents: [Arguments] = []
        var disconnected: [String: Bool] = [:]
        /// Who hears of rooms, and the rooms that it was told of.
        var follower: (any RoomFollower)?
        var followed: Set<String> = []

        /// Tells the follower what has changed.
        mutating func tell() {
            guard let follower else { return }
            let rooms = sockets.values.reduce(into: Set()) { $0.formUnion($1) }
                .filter { follower.follows($0, isSocketID: sockets[$0] != nil) }
            for room in rooms.subtracting(followed) { follower.occupied(room) }
            for room in followed.subtracting(rooms) { follower.vacated(room) }
            followed = rooms
        }
    }

    /// The namespace.
    public let namespaceName: String
    private let state: Mutex<State>
    private let silent: Set<String>
    private let serverAnswer: Value?

    /// Creates a table.
    /// - Parameters:
    ///   - namespaceName: the namespace.
    ///   - sockets: ids with the rooms besides the id itself.
    ///   - silent: ids that never acknowledge; the others do at once, with their id.
    ///   - serverAnswer: what this node answers to events of servers; `nil` for never.
    public init(
        _ namespaceName: String = "/", sockets: [String: Set<String>] = [:], silent: Set<String> = [],
        serverAnswer: Value? = "here"
    ) {
        self.namespaceName = namespaceName
        self.silent = silent
        self.serverAnswer = serverAnswer
        state = Mutex(
            State(sockets: Dictionary(uniqueKeysWithValues: sockets.map { ($0, $1.union([$0])) })))
    }

    /// Tells the adapter about rooms from now on, as a namespace does.
    func follow(_ follower: (any RoomFollower)?) {
        state.withLock { state in
            state.follower = follower
            state.tell()
        }
    }

    /// Events delivered to at least one socket, in order.
    public var deliveries: [Delivery] { state.withLock { $0.deliveries } }
    /// Events of other servers, in order.
    public var serverEvents: [Arguments] { state.withLock { $0.serverEvents } }
    /// Ids with their rooms, the id itself included.
    public var sockets: [String: Set<String>] { state.withLock { $0.sockets } }
    /// Ids that were disconnected, with whether their connection was closed.
    public var disconnected: [String: Bool] { state.withLock { $0.disconnected } }

    private func matching(_ options: BroadcastOptions) -> [String] {
        sockets.filter { _, rooms in
            (options.rooms.isEmpty || options.rooms.contains(where: rooms.contains))
                && !options.except.contains(where: rooms.contains)
        }.keys.sorted()
    }

    /// Whether a room has members.
    /// - Parameter room: its name, or an id.
    /// - Returns: whether it has.
    public func mayHaveMembers(of room: String) -> Bool {
        sockets.values.contains { $0.contains(room) }
    }

    /// Writes the delivery down, if anybody gets it.
    /// - Parameters:
    ///   - arguments: event name and arguments.
    ///   - options: whom it goes to.
    public func deliver(_ arguments: Arguments, to options: BroadcastOptions) {
        let receivers = matching(options)
        guard !receivers.isEmpty else { return }
        let delivery = Delivery(arguments: arguments, receivers: receivers, flags: options.flags)
        state.withLock { $0.deliveries.append(delivery) }
    }

    /// Delivers, and acknowledges for all sockets that are not silent.
    /// - Parameters:
    ///   - arguments: event name and arguments.
    ///   - options: whom it goes to.
    ///   - timeout: makes no difference.
    ///   - clientCount: told the number of receivers.
    ///   - acknowledgement: told the id of each receiver.
    public func deliverExpectingAcknowledgements(
        _ arguments: Arguments, to options: BroadcastOptions, timeout: Duration,
        clientCount: @escaping @Sendable (Int) -> Void, acknowledgement: @escaping @Sendable (Value) -> Void
    ) {
        deliver(arguments, to: options)
        let receivers = matching(options)
        clientCount(receivers.count)
        for receiver in receivers where !silent.contains(receiver) { acknowledgement(.string(receiver)) }
    }

    /// Describes the matching sockets.
    /// - Parameters:
    ///   - options: which.
    ///   - completion: called at once.
    public func fetch(_ options: BroadcastOptions, completion: @escaping @Sendable ([RemoteSocket]) -> Void) {
        let sockets = sockets
        completion(
            matching(options).map { id in
                RemoteSocket(
                    id: id, handshake: ["address": "127.0.0.1", "auth": ["token": "t"]],
                    rooms: (sockets[id] ?? []).sorted(), data: ["name": .string("name of \(id)")])
            })
    }

    /// Lists all rooms.
    /// - Parameter completion: called at once.
    public func rooms(completion: @escaping @Sendable (Set<String>) -> Void) {
        completion(sockets.values.reduce(into: []) { $0.formUnion($1) })
    }

    /// Puts matching sockets into rooms.
    /// - Parameters:
    ///   - rooms: which rooms.
    ///   - options: which sockets.
    public func join(_ rooms: [String], _ options: BroadcastOptions) {
        for id in matching(options) { state.withLock { $0.sockets[id]?.formUnion(rooms) } }
        state.withLock { $0.tell() }
    }

    /// Takes matching sockets out of rooms.
    /// - Parameters:
    ///   - rooms: which rooms.
    ///   - options: which sockets.
    public func leave(_ rooms: [String], _ options: BroadcastOptions) {
        for id in matching(options) { state.withLock { $0.sockets[id]?.subtract(rooms) } }
        state.withLock { $0.tell() }
    }

    /// Removes matching sockets.
    /// - Parameters:
    ///   - options: which sockets.
    ///   - close: written down.
    public func disconnect(_ options: BroadcastOptions, close: Bool) {
        for id in matching(options) {
            state.withLock { state in
                state.sockets[id] = nil
                state.disconnected[id] = close
                state.tell()
            }
        }
    }

    /// Writes the event down and answers.
    /// - Parameters:
    ///   - arguments: event name and arguments.
    ///   - acknowledge: told the node's answer, if it has one.
    public func receivedServerSide(_ arguments: Arguments, acknowledge: (@Sendable (Value) -> Void)?) {
        state.withLock { $0.serverEvents.append(arguments) }
        if let serverAnswer { acknowledge?(serverAnswer) }
    }
}
