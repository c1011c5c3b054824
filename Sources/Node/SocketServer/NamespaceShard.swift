import Adapter
import Cluster
import EngineIO
import NIOCore
import SocketIO

/// The sockets of one namespace on one event loop. Loop-confined.
final class NamespaceShard {
    let eventLoop: any EventLoop
    var index = RoomIndex<Socket>()

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ socket: Socket) {
        socket.handle = index.insert(socket, id: socket.id)
    }

    func remove(_ socket: Socket) {
        guard let handle = socket.handle else { return }
        index.remove(handle)
        socket.handle = nil
    }

    func socket(_ id: String) -> Socket? {
        index.handle(of: id).flatMap { index[$0] }
    }

    /// Calls something with each selected socket, which may change the index meanwhile.
    func forEach(_ options: BroadcastOptions, _ body: (Socket) -> Void) {
        for handle in index.select(options) {
            if let socket = index[handle] { body(socket) }
        }
    }

    func deliver(_ message: OutgoingMessage, to options: BroadcastOptions) {
        let volatile = options.flags.volatile
        forEach(options) { $0.connection.session.send(message, volatile: volatile) }
    }

    /// Sends a message that asks for an acknowledgement.
    /// - Returns: how many sockets it went to.
    func ask(
        _ message: OutgoingMessage, id: Int, to options: BroadcastOptions, timeout: TimeAmount,
        acknowledgement: @escaping @Sendable (Value) -> Void
    ) -> Int {
        let pending = PendingAcknowledgement(timer: nil) { result in
            if case .success(let arguments) = result { acknowledgement(arguments[0] ?? .null) }
        }
        let selected = index.select(options)
        var count = 0
        for handle in selected {
            guard let socket = index[handle] else { continue }
            count += 1
            socket.pendingAcknowledgements[id] = pending
            socket.connection.session.send(message, volatile: false)
        }
        guard count > 0 else { return 0 }
        // A slot may belong to another socket by then, which does not have this id.
        eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            for handle in selected { self?.index[handle]?.pendingAcknowledgements[id] = nil }
        }
        return count
    }

    func describe(_ options: BroadcastOptions) -> [RemoteSocket] {
        index.select(options).compactMap { handle in
            index[handle].map { socket in
                RemoteSocket(
                    id: socket.id, handshake: socket.handshake.description(auth: socket.auth),
                    rooms: index.rooms(of: handle), data: socket.data)
            }
        }
    }
}
