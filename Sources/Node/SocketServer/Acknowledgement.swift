import NIOCore
public import SocketIO
import Synchronization

/// The answer that a client waits for: to be given at most once, from any thread. Later answers are ignored.
///
/// ```swift
/// socket.on("save") { event in
///     guard let acknowledgement = event.acknowledgement else { return }
///     store.save(event.arguments) { saved in acknowledgement(.bool(saved)) }
/// }
/// ```
public struct Acknowledgement: Sendable {
    private let reply: Reply

    init(id: Int, socket: Socket) {
        reply = Reply(id: id, socket: socket)
    }

    /// Answers.
    /// - Parameter values: the arguments of the client's callback.
    public func callAsFunction(_ values: Value...) {
        send(arguments: Arguments(values))
    }

    /// Answers with arguments as they are.
    /// - Parameter arguments: the arguments of the client's callback.
    public func send(arguments: Arguments) {
        reply.send(arguments)
    }
}

/// What the copies of an acknowledgement share.
private final class Reply: Sendable {
    private let id: Int
    private let socket: NIOLoopBound<Socket>
    private let isSent = Atomic(false)
    /// The socket's namespace, if it keeps the order of what other threads do by other means than the loop does.
    private let namespace: Namespace?

    init(id: Int, socket: Socket) {
        self.id = id
        self.socket = NIOLoopBound(socket, eventLoop: socket.eventLoop)
        namespace = socket.namespace.recovery == nil ? nil : socket.namespace
    }

    func send(_ arguments: Arguments) {
        guard !isSent.exchange(true, ordering: .relaxed) else { return }
        let loop = socket.eventLoop
        if loop.inEventLoop {
            socket.value.answer(id, arguments)
        } else if let namespace {
            namespace.execute(on: loop) { self.socket.value.answer(self.id, arguments) }
        } else {
            loop.execute { self.socket.value.answer(self.id, arguments) }
        }
    }
}
