// Typed events: how they are received from every socket of a namespace.

extension Namespace {
    /// Registers a handler for a typed event of any socket of the namespace, whose result is the acknowledgement.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called on the sending socket's loop with the decoded arguments and the event.
    public func on<each Payload: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>,
        _ handler: @escaping @Sendable (repeat each Payload, Event) throws -> Reply
    ) {
        on(event.name) { event in try event.reply(try event.call(handler)) }
    }

    /// Registers a handler for a typed event of any socket of the namespace. When it has returned, the event is
    /// acknowledged with nothing.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called on the sending socket's loop with the decoded arguments and the event.
    public func on<each Payload: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Void>,
        _ handler: @escaping @Sendable (repeat each Payload, Event) throws -> Void
    ) {
        on(event.name) { event in
            try event.call(handler)
            event.acknowledge()
        }
    }

    /// Registers an asynchronous handler for a typed event of any socket of the namespace, whose result is the
    /// acknowledgement.
    ///
    /// See ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` about order.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called in a task of its own with the decoded arguments and the event.
    public func on<each Payload: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>,
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Reply
    ) {
        on(event.name) { event in try event.reply(try await event.bind(handler)()) }
    }

    /// Registers an asynchronous handler for a typed event of any socket of the namespace. When it has returned, the
    /// event is acknowledged with nothing.
    ///
    /// See ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` about order.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called in a task of its own with the decoded arguments and the event.
    public func on<each Payload: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Void>,
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Void
    ) {
        on(event.name) { event in
            try await event.bind(handler)()
            event.acknowledge()
        }
    }
}
