import SocketIO

// Typed events: how they are sent to one client.

extension Socket {
    /// Sends a typed event to this client, without asking for an acknowledgement.
    /// - Parameters:
    ///   - event: the event. What cannot be encoded is logged and not sent.
    ///   - payloads: the arguments.
    public func emit<each Payload: Encodable & Sendable, Reply>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload
    ) {
        guard let arguments = namespace.encode(event.name, repeat each payloads) else { return }
        emit(event.name, arguments: arguments)
    }

    /// Sends a typed event to this client and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: the event.
    ///   - payloads: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    ///   - completion: called once on the socket's loop with the decoded first argument of the acknowledgement, or why
    ///     there is none: `EncodingError` (nothing was sent), ``AcknowledgementError``, or `InvalidArgument` if it does
    ///     not decode.
    public func emitWithAcknowledgement<each Payload: Encodable & Sendable, Reply: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload,
        timeout: Duration = .seconds(5), _ completion: @escaping (Result<Reply, any Error>) -> Void
    ) {
        do {
            let arguments = try Arguments(encoding: repeat each payloads)
            emitWithAcknowledgement(event.name, arguments: arguments, timeout: timeout) { result in
                completion(Result { try result.get().decode(Reply.self, at: 0) })
            }
        } catch {
            completion(.failure(error))
        }
    }
}

extension SocketEmitter {
    /// Sends a typed event.
    /// - Parameters:
    ///   - event: the event. What cannot be encoded is logged and not sent.
    ///   - payloads: the arguments.
    public func emit<each Payload: Encodable & Sendable, Reply>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload
    ) {
        guard let arguments = socket.namespace.encode(event.name, repeat each payloads) else { return }
        emit(event.name, arguments: arguments)
    }
}

extension SocketHandle {
    /// Sends a typed event to this client, without asking for an acknowledgement.
    /// - Parameters:
    ///   - event: the event. What cannot be encoded is logged and not sent.
    ///   - payloads: the arguments.
    public func emit<each Payload: Encodable & Sendable, Reply>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload
    ) {
        guard let arguments = namespace.encode(event.name, repeat each payloads) else { return }
        emit(event.name, arguments: arguments)
    }

    /// Sends a typed event to this client and waits for its acknowledgement.
    /// - Parameters:
    ///   - event: the event.
    ///   - payloads: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    /// - Returns: the first argument of the acknowledgement.
    /// - Throws: `EncodingError` (nothing was sent), ``AcknowledgementError`` if none comes, `InvalidArgument` if it does
    ///   not decode, `CancellationError` if the task is cancelled meanwhile.
    public func emitWithAcknowledgement<each Payload: Encodable & Sendable, Reply: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload,
        timeout: Duration = .seconds(5)
    ) async throws -> Reply {
        let arguments = try Arguments(encoding: repeat each payloads)
        let answer = try await emitWithAcknowledgement(event.name, arguments: arguments, timeout: timeout)
        return try answer.decode(Reply.self, at: 0)
    }
}
