import Adapter
import Cluster
import EngineIO
import NIOCore
import SocketIO
import Synchronization

/// The sockets of one namespace on one event loop. Loop-confined.
final class NamespaceShard {
    let eventLoop: any EventLoop
    private(set) var index = RoomIndex()
    /// Told about rooms, once somebody wants to know.
    private var roomObserver: RoomObserver?
    /// Told about rooms, if the adapter wants to know.
    private let roomCensus: RoomCensus?
    // By slot of the index.
    private var sockets: [Socket?] = []
    private var questions: [Int: BroadcastQuestion] = [:]
    /// How many sockets want to know what is sent to them; see ``SocketListeners``.
    var outgoingListeners = 0
    private var lastListener: UInt32 = 0
    private let figures: ServerFigures

    init(
        eventLoop: any EventLoop, roomObserver: RoomObserver?, roomCensus: RoomCensus?, figures: ServerFigures
    ) {
        self.figures = figures
        self.eventLoop = eventLoop
        self.roomObserver = roomObserver
        self.roomCensus = roomCensus
    }

    func add(_ socket: Socket) {
        let handle = index.insert(id: socket.id)
        socket.handle = handle
        if sockets.count < index.capacity { sockets.append(nil) }
        sockets[Int(handle.slot)] = socket
        socket.namespace.socketCount.add(1, ordering: .relaxed)
        roomCensus?.occupied(socket.id, isSocketID: true)
        roomObserver?.joined(socket.id, socket, isFirst: index.memberCount(of: socket.id) == 1)
    }

    /// Adds a socket that is in rooms from the beginning.
    func add(_ socket: Socket, to rooms: [String]) {
        add(socket)
        for room in rooms { join(socket, room) }
    }

    func remove(_ socket: Socket) {
        guard let handle = socket.handle else { return }
        let rooms = roomObserver == nil && roomCensus == nil ? [] : index.rooms(of: handle)
        index.remove(handle)
        sockets[Int(handle.slot)] = nil
        socket.handle = nil
        socket.namespace.socketCount.subtract(1, ordering: .relaxed)
        if let roomCensus, let id = rooms.first {
            roomCensus.vacated(id, isSocketID: true)
            for room in rooms.dropFirst() where index.joinedCount(of: room) == 0 { roomCensus.vacated(room) }
        }
        for room in rooms { roomObserver?.left(room, socket, isLast: index.memberCount(of: room) == 0) }
    }

    func join(_ socket: Socket, _ room: String) {
        guard let handle = socket.handle, index.join(handle, room) else { return }
        if let roomCensus, index.joinedCount(of: room) == 1 { roomCensus.occupied(room) }
        roomObserver?.joined(room, socket, isFirst: index.memberCount(of: room) == 1)
        socket.recoveryChanged()
    }

    func leave(_ socket: Socket, _ room: String) {
        guard let handle = socket.handle, index.leave(handle, room) else { return }
        if let roomCensus, index.joinedCount(of: room) == 0 { roomCensus.vacated(room) }
        roomObserver?.left(room, socket, isLast: index.memberCount(of: room) == 0)
        socket.recoveryChanged()
    }

    /// Begins to tell about rooms; those that are there already are only counted.
    func observeRooms(_ observer: RoomObserver) {
        guard roomObserver == nil else { return }
        roomObserver = observer
        observer.count(Set(index.roomNames).union(index.ids))
    }

    func socket(_ id: String) -> Socket? {
        index.handle(of: id).flatMap { sockets[Int($0.slot)] }
    }

    /// Calls something with each selected socket, which may change the index meanwhile.
    func forEach(_ options: BroadcastOptions, _ body: (Socket) -> Void) {
        for handle in index.select(options) {
            if let socket = sockets[Int(handle.slot)] { body(socket) }
        }
    }

    func deliver(_ message: OutgoingMessage, _ arguments: Arguments, to options: BroadcastOptions) {
        announce(arguments, to: options)
        let volatile = options.flags.volatile
        var receivers = 0
        forEach(options) {
            $0.connection.session.send(message, volatile: volatile)
            receivers += 1
        }
        figures.broadcast(to: receivers)
    }

    /// Sends a question to the selected sockets.
    /// - Parameters:
    ///   - message: the event, with the question's id.
    ///   - arguments: the event's name and arguments.
    ///   - id: the id.
    ///   - options: whom it goes to.
    ///   - timeout: answers that come later are ignored.
    ///   - acknowledgement: called with the first argument of each answer.
    /// - Returns: how many sockets it went to.
    func ask(
        _ message: OutgoingMessage, _ arguments: Arguments, id: Int, to options: BroadcastOptions, timeout: TimeAmount,
        acknowledgement: @escaping @Sendable (Value) -> Void
    ) -> Int {
        let sockets = index.select(options).compactMap { self.sockets[Int($0.slot)] }
        guard !sockets.isEmpty else { return 0 }
        announce(arguments, to: options)
        questions[id] = BroadcastQuestion(
            unanswered: Set(sockets.map { ObjectIdentifier($0) }), acknowledgement: acknowledgement)
        eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            self?.questions[id] = nil
        }
        for socket in sockets { socket.connection.session.send(message, volatile: options.flags.volatile) }
        return sockets.count
    }

    /// A socket answered a question; late, double and unasked answers are ignored.
    func acknowledged(_ id: Int, by socket: Socket, _ arguments: Arguments) {
        guard questions[id]?.unanswered.remove(ObjectIdentifier(socket)) != nil, let question = questions[id] else {
            return
        }
        if question.unanswered.isEmpty { questions[id] = nil }
        question.acknowledgement(arguments[0] ?? .null)
    }

    /// Tells sockets that listen to what they are sent about a broadcast.
    func announce(_ arguments: Arguments, to options: BroadcastOptions) {
        guard outgoingListeners > 0, let name = arguments.eventName else { return }
        forEach(options) { $0.announceOutgoing(name, arguments.dropFirst()) }
    }

    /// A token that no other listener of the loop has.
    func nextListener() -> ListenerToken {
        lastListener &+= 1
        return ListenerToken(number: lastListener)
    }

    func describe(_ options: BroadcastOptions) -> [RemoteSocket] {
        index.select(options).compactMap { handle in
            sockets[Int(handle.slot)].map { socket in
                RemoteSocket(
                    id: socket.id, handshake: socket.handshake.description(auth: socket.auth),
                    rooms: index.rooms(of: handle), data: socket.data)
            }
        }
    }
}

/// A broadcast that many sockets shall acknowledge. All get the same encoded packet, so the id must be one that none of
/// them uses for an acknowledgement of its own: those count up from 0.
struct BroadcastQuestion {
    /// Where the ids of broadcasts begin.
    static let firstID = 1 << 40
    /// Who has not answered yet.
    var unanswered: Set<ObjectIdentifier>
    /// Receives the first argument of each answer.
    let acknowledgement: @Sendable (Value) -> Void
}
