import Adapter
import Cluster
import NIOCore
public import SocketIO

/// A ``Socket`` as other threads and asynchronous code see it: may be kept and used anywhere.
///
/// What needs no answer is handed to the socket's loop in the order of the calls, and does nothing if the client is gone
/// by then. What needs one is awaited. Everything else is done on the loop by ``withSocket(_:)``.
///
/// ```swift
/// namespace.on("draw") { event in
///     let card = try await deck.draw()
///     let answer = try await event.socket.emitWithAcknowledgement("keep?", .string(card), timeout: .seconds(30))
///     if answer[0]?.bool == true { try await event.socket.withSocket { $0.data = ["card": .string(card)] } }
/// }
/// ```
public struct SocketHandle: Sendable {
    /// The socket's id.
    public let id: String
    /// The namespace that it belongs to.
    public let namespace: Namespace
    /// What the client passed as `auth`; an empty object if nothing.
    public let auth: Value
    private let socket: NIOLoopBound<Socket>

    /// Makes a handle. To be called on the socket's loop, as everything that takes a ``Socket``.
    /// - Parameter socket: the socket.
    public init(_ socket: Socket) {
        id = socket.id
        namespace = socket.namespace
        auth = socket.auth
        self.socket = NIOLoopBound(socket, eventLoop: socket.eventLoop)
    }

    /// Does something on the socket's loop and waits for the result.
    /// - Parameter body: called on the loop, also when the client is gone (see ``Socket/isConnected``); must not block.
    /// - Returns: what it returned.
    /// - Throws: what it threw.
    public func withSocket<Result: Sendable>(_ body: @escaping @Sendable (Socket) throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            run { socket in continuation.resume(with: .init { try body(socket) }) }
        }
    }

    /// Sends an event to this client. Events arrive in the order of the calls.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) { emit(event, arguments: Arguments(arguments)) }

    /// Sends an event to this client with arguments as they are; received ones are forwarded without decoding.
    ///
    /// With connection state recovery, a client that is away gets it when it comes back.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        if namespace.recovery == nil {
            run { $0.emit(event, arguments: arguments) }
        } else {
            // Events that can be repeated take their place in the order of all when they are sent.
            namespace.to(id).emit(event, arguments: arguments)
        }
    }

    /// This client alone, for events that it loses when it cannot take them at once.
    public var volatile: BroadcastOperator { namespace.to(id).volatile }

    // MARK: Rooms

    /// Joins a room. Does nothing if it is there already, or is disconnected.
    /// - Parameter room: the room's name.
    /// - Throws: ``RoomLimitReached``, when it is in as many rooms as the configuration allows.
    public func join(_ room: String) async throws { try await withSocket { try $0.join(room) } }

    /// Leaves a room. Does nothing if it is not there; its own id cannot be left.
    /// - Parameter room: the room's name.
    public func leave(_ room: String) { run { $0.leave(room) } }

    /// Disconnects the client from this namespace: it sees `io server disconnect` and does not come back by itself.
    /// - Parameter close: whether to end its session and so its sockets in all namespaces.
    public func disconnect(close: Bool = false) { run { $0.disconnect(close: close) } }

    // MARK: Many sockets at once

    /// Everybody in the namespace, on all nodes, but this socket.
    public var broadcast: BroadcastOperator { namespace.except(id) }

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

    // MARK: Asking the client

    /// Sends an event to this client and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    /// - Returns: the arguments of the acknowledgement.
    /// - Throws: ``AcknowledgementError`` if none comes; `CancellationError` if the task is cancelled meanwhile.
    public func emitWithAcknowledgement(
        _ event: String, _ arguments: Value..., timeout: Duration = .seconds(5)
    ) async throws -> Arguments {
        try await emitWithAcknowledgement(event, arguments: Arguments(arguments), timeout: timeout)
    }

    /// Sends an event to this client, with arguments as they are, and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    /// - Returns: the arguments of the acknowledgement.
    /// - Throws: ``AcknowledgementError`` if none comes; `CancellationError` if the task is cancelled meanwhile.
    public func emitWithAcknowledgement(
        _ event: String, arguments: Arguments, timeout: Duration = .seconds(5)
    ) async throws -> Arguments {
        let question = Confined(Question(), to: socket.eventLoop)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                run { socket in
                    question.value.ask(socket, event, arguments, timeout: timeout) { continuation.resume(with: $0) }
                }
            }
        } onCancel: {
            run { question.value.cancel($0) }
        }
    }

    /// Runs something on the loop: at once when called there, otherwise after what was handed over before.
    private func run(_ body: @escaping @Sendable (Socket) -> Void) {
        if socket.eventLoop.inEventLoop {
            body(socket.value)
        } else {
            namespace.execute(on: socket.eventLoop) { body(socket.value) }
        }
    }
}

/// One wait for an acknowledgement, which may be cancelled before it has begun. Loop-confined.
private final class Question {
    private var pending: Int?
    private var isCancelled = false

    func ask(
        _ socket: Socket, _ event: String, _ arguments: Arguments, timeout: Duration,
        _ completion: @escaping (Result<Arguments, any Error>) -> Void
    ) {
        guard !isCancelled else { return completion(.failure(CancellationError())) }
        pending = socket.ask(event, arguments, timeout: timeout) { [self] result in
            completion(isCancelled ? .failure(CancellationError()) : result.mapError { $0 })
        }
    }

    func cancel(_ socket: Socket) {
        isCancelled = true
        if let pending { socket.acknowledgements.remove(pending)?.finish(.failure(.disconnected)) }
    }
}
