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
        send(event, Arguments(arguments), volatile: false)
    }

    /// Sends an event to this client with arguments as they are; received ones are forwarded without decoding.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        send(event, arguments, volatile: false)
    }

    /// Sends an event to this client and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait.
    ///   - completion: called once on the socket's loop: the arguments of the acknowledgement, or why none came.
    public func emitWithAcknowledgement(
        _ event: String, _ arguments: Value..., timeout: Duration,
        _ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void
    ) {
        emitWithAcknowledgement(event, arguments: Arguments(arguments), timeout: timeout, completion)
    }

    /// Sends an event to this client, with arguments as they are, and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait.
    ///   - completion: called once on the socket's loop: the arguments of the acknowledgement, or why none came.
    public func emitWithAcknowledgement(
        _ event: String, arguments: Arguments, timeout: Duration,
        _ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void
    ) {
        guard isConnected else { return completion(.failure(.disconnected)) }
        guard let name = namespace.eventName(event) else { return completion(.failure(.reservedName)) }
        let pending = PendingAcknowledgement(completion)
        guard let id = acknowledgements.add(pending) else { return completion(.failure(.tooManyPending)) }
        pending.timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [weak self] in
            self?.acknowledgements.remove(id)?.finish(.failure(.timedOut))
            return
        }
        let message = namespace.encoder.event(name, arguments, namespace: namespace.name, acknowledgementID: id)
        connection.session.send(message, volatile: false)
    }

    /// A view of this socket whose events are dropped when the client cannot take them at once.
    public var volatile: SocketEmitter { SocketEmitter(socket: self) }

    func send(_ event: String, _ arguments: Arguments, volatile: Bool) {
        guard isConnected, let name = namespace.eventName(event) else { return }
        if let recovery = namespace.recovery, !volatile {
            return namespace.record(Arguments(event: name, arguments), to: BroadcastOptions(rooms: [id]), recovery)
        }
        connection.session.send(namespace.encoder.event(name, arguments, namespace: namespace.name), volatile: volatile)
    }

    /// Answers an event of the client.
    func answer(_ id: Int, _ arguments: Arguments) {
        guard isConnected else { return }
        connection.session.send(
            namespace.encoder.acknowledgement(id, arguments, namespace: namespace.name), volatile: false)
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
