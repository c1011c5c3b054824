// Typed events: how they are received at one socket. Four forms of each: with and without reply, synchronous and
// asynchronous (a closure that awaits).

extension Socket {
    /// Registers a handler for a typed event, whose result is the acknowledgement.
    ///
    /// Arguments that do not decode are refused (`invalid_arguments`, see ``ClientError``) without calling it.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called on the socket's loop with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func on<each Payload: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>,
        _ handler: @escaping (repeat each Payload, Event) throws -> Reply
    ) -> ListenerToken {
        on(event.name) { event in try event.reply(try event.call(handler)) }
    }

    /// Registers a handler for a typed event. When it has returned, the event is acknowledged with nothing.
    ///
    /// Arguments that do not decode are refused (`invalid_arguments`, see ``ClientError``) without calling it.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called on the socket's loop with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func on<each Payload: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Void>,
        _ handler: @escaping (repeat each Payload, Event) throws -> Void
    ) -> ListenerToken {
        on(event.name) { event in
            try event.call(handler)
            event.acknowledge()
        }
    }

    /// Registers an asynchronous handler for a typed event, whose result is the acknowledgement.
    ///
    /// See ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` about order.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called in a task of its own with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func on<each Payload: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>,
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Reply
    ) -> ListenerToken {
        on(event.name) { event in try event.reply(try await event.bind(handler)()) }
    }

    /// Registers an asynchronous handler for a typed event. When it has returned, the event is acknowledged with
    /// nothing.
    ///
    /// See ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` about order.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called in a task of its own with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func on<each Payload: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Void>,
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Void
    ) -> ListenerToken {
        on(event.name) { event in
            try await event.bind(handler)()
            event.acknowledge()
        }
    }
}

extension Socket {
    /// Registers a handler for the next typed event of a name only, whose result is the acknowledgement.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called on the socket's loop with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func once<each Payload: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>,
        _ handler: @escaping (repeat each Payload, Event) throws -> Reply
    ) -> ListenerToken {
        once(event.name) { event in try event.reply(try event.call(handler)) }
    }

    /// Registers a handler for the next typed event of a name only. When it has returned, the event is acknowledged
    /// with nothing.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called on the socket's loop with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func once<each Payload: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Void>,
        _ handler: @escaping (repeat each Payload, Event) throws -> Void
    ) -> ListenerToken {
        once(event.name) { event in
            try event.call(handler)
            event.acknowledge()
        }
    }

    /// Registers an asynchronous handler for the next typed event of a name only, whose result is the acknowledgement.
    ///
    /// See ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` about order.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called in a task of its own with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func once<each Payload: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Reply>,
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Reply
    ) -> ListenerToken {
        once(event.name) { event in try event.reply(try await event.bind(handler)()) }
    }

    /// Registers an asynchronous handler for the next typed event of a name only. When it has returned, the event is
    /// acknowledged with nothing.
    ///
    /// See ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` about order.
    /// - Parameters:
    ///   - event: the event.
    ///   - handler: called in a task of its own with the decoded arguments and the event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func once<each Payload: Decodable & Sendable>(
        _ event: SocketEvent<(repeat each Payload) -> Void>,
        _ handler: @escaping @Sendable (repeat each Payload, AsyncEvent) async throws -> Void
    ) -> ListenerToken {
        once(event.name) { event in
            try await event.bind(handler)()
            event.acknowledge()
        }
    }
}
