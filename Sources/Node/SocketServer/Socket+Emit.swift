import Cluster
import EngineIO
import NIOCore
public import SocketIO

extension Socket {
    /// Sends an event to this client. Events arrive in the order of the calls. Never suspends; does nothing after
    /// the disconnect.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) {
        send(event, Arguments(arguments))
    }

    /// Sends an event to this client with arguments as they are; received ones are forwarded without decoding.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        send(event, arguments)
    }

    /// Sends an event whose name was made before, as that of many events.
    /// - Parameters:
    ///   - name: name of the event, none that is reserved.
    ///   - arguments: the arguments.
    package func emit(named name: EventName, _ arguments: Arguments) {
        send(name, arguments, SendOptions())
    }

    /// Sends an event to this client and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    ///   - completion: called once on the socket's loop: the arguments of the acknowledgement, or why none came.
    public func emitWithAcknowledgement(
        _ event: String, _ arguments: Value..., timeout: Duration = .seconds(5),
        _ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void
    ) {
        emitWithAcknowledgement(event, arguments: Arguments(arguments), timeout: timeout, completion)
    }

    /// Sends an event to this client, with arguments as they are, and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    ///   - completion: called once on the socket's loop: the arguments of the acknowledgement, or why none came.
    public func emitWithAcknowledgement(
        _ event: String, arguments: Arguments, timeout: Duration = .seconds(5),
        _ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void
    ) {
        _ = ask(event, arguments, timeout: timeout, completion)
    }

    /// Sends an event that the client shall acknowledge.
    /// - Returns: what it waits under in ``acknowledgements``; `nil` if it failed at once.
    func ask(
        _ event: String, _ arguments: Arguments, _ options: SendOptions = SendOptions(), timeout: Duration,
        _ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void
    ) -> Int? {
        func fail(_ error: AcknowledgementError) -> Int? {
            completion(.failure(error))
            return nil
        }
        guard isConnected else { return fail(.disconnected) }
        guard let name = namespace.eventName(event) else { return fail(.reservedName) }
        let pending = PendingAcknowledgement(completion)
        guard let id = acknowledgements.add(pending) else { return fail(.tooManyPending) }
        pending.timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [weak self] in
            self?.acknowledgements.remove(id)?.finish(.failure(.timedOut))
            return
        }
        announceOutgoing(name, arguments)
        var message = namespace.encoder.event(name, arguments, namespace: namespace.wireName, acknowledgementID: id)
        if !options.compress { message.isCompressible = false }
        connection.session.send(message, volatile: options.volatile)
        return id
    }

    /// Sends the event `message`, as the client's `socket.send(…)`.
    /// - Parameter arguments: the arguments.
    public func send(_ arguments: Value...) { emit("message", arguments: Arguments(arguments)) }

    /// A view of this socket whose events are dropped when the client cannot take them at once.
    public var volatile: SocketEmitter { SocketEmitter(socket: self).volatile }

    /// A view of this socket whose events may or may not be compressed. Whether they are is decided by the settings of
    /// the engine, their length and what the client can. Without it they may be.
    /// - Parameter compress: whether they may be.
    /// - Returns: the view.
    public func compress(_ compress: Bool) -> SocketEmitter { SocketEmitter(socket: self).compress(compress) }

    func send(_ event: String, _ arguments: Arguments, _ options: SendOptions = SendOptions()) {
        guard isConnected, let name = namespace.eventName(event) else { return }
        send(name, arguments, options)
    }

    private func send(_ name: EventName, _ arguments: Arguments, _ options: SendOptions) {
        guard isConnected else { return }
        announceOutgoing(name, arguments)
        if let recovery = namespace.recovery, !options.volatile {
            return record(Arguments(event: name, arguments), options, recovery)
        }
        var message = namespace.encoder.event(
            name, arguments, namespace: namespace.wireName, in: connection.session.messageBuffer())
        if !options.compress { message.isCompressible = false }
        connection.session.send(message, volatile: options.volatile)
    }

    /// Answers an event of the client.
    func answer(_ id: Int, _ arguments: Arguments) {
        guard isConnected else { return }
        connection.session.send(
            namespace.encoder.acknowledgement(
                id, arguments, namespace: namespace.wireName, in: connection.session.messageBuffer()),
            volatile: false)
    }

    /// The client's answer came; one that nobody waits for (any more) is ignored.
    func acknowledged(_ id: Int, _ arguments: Arguments) {
        if id >= BroadcastQuestion.firstID {
            shard.acknowledged(id, by: self, arguments)
        } else {
            acknowledgements.remove(id)?.finish(.success(arguments))
        }
    }
}

/// An acknowledgement that a client owes us. Loop-confined.
final class PendingAcknowledgement {
    var timer: Scheduled<Void>?
    private let completion: (Result<Arguments, AcknowledgementError>) -> Void

    init(_ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void) {
        self.completion = completion
    }

    func finish(_ result: Result<Arguments, AcknowledgementError>) {
        timer?.cancel()
        completion(result)
    }
}
