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
    ///     there is none: `EncodingError` (nothing was sent) or ``AcknowledgementError``.
    public func emitWithAcknowledgement<each Payload: Encodable & Sendable, Reply: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload,
        timeout: Duration = .seconds(5), _ completion: @escaping (Result<Reply, any Error>) -> Void
    ) {
        do {
            let arguments = try Arguments(encoding: repeat each payloads)
            emitWithAcknowledgement(event.name, arguments: arguments, timeout: timeout) { result in
                completion(Result { try result.get().reply(as: Reply.self) })
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
    /// - Throws: `EncodingError` (nothing was sent), ``AcknowledgementError`` if none comes or it does not decode,
    ///   `CancellationError` if the task is cancelled meanwhile.
    public func emitWithAcknowledgement<each Payload: Encodable & Sendable, Reply: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>, _ payloads: repeat each Payload,
        timeout: Duration = .seconds(5)
    ) async throws -> Reply {
        let arguments = try Arguments(encoding: repeat each payloads)
        let answer = try await emitWithAcknowledgement(event.name, arguments: arguments, timeout: timeout)
        return try answer.reply(as: Reply.self)
    }
}

extension Arguments {
    /// The reply that a client gave.
    fileprivate func reply<Reply: Decodable>(as type: Reply.Type) throws -> Reply {
        do {
            return try decode(type, at: 0)
        } catch let error as InvalidArgument {
            // Not thrown as it is: that would tell the client whose event asks that its own arguments are wrong.
            throw AcknowledgementError.undecodable(error)
        }
    }
}
