extension Socket {
    /// Registers an asynchronous handler for an event: a closure that awaits, or says `async`.
    ///
    /// The client's events are still handled in the order in which it sent them: while this handler runs, later ones wait
    /// (``ServerConfiguration/waitingEvents``); acknowledgements do not, so it may ask the client and await the answer.
    /// An event's synchronous handlers run first, then the asynchronous ones, one after the other. The disconnect
    /// cancels the handler's task and drops what waits. A thrown error ends that event only, as in a synchronous handler.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called in a task of its own, on no event loop, for each such event.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func on(_ event: String, _ handler: @escaping @Sendable (AsyncEvent) async throws -> Void) -> ListenerToken {
        add(event, once: false) { $0.socket.perform(handler, $0) }
    }

    /// Registers an asynchronous handler for the next event of a name only.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called once, in a task of its own.
    /// - Returns: what ``off(_:)-(ListenerToken)`` takes; need not be kept.
    @discardableResult
    public func once(
        _ event: String, _ handler: @escaping @Sendable (AsyncEvent) async throws -> Void
    ) -> ListenerToken {
        add(event, once: true) { $0.socket.perform(handler, $0) }
    }
}

extension Namespace {
    /// Registers an asynchronous handler for an event of any socket of the namespace: a closure that awaits, or says
    /// `async`.
    ///
    /// As ``Socket/on(_:_:)-(_,(AsyncEvent)->Void)`` in ``onConnection(_:)``, but stored once for all sockets.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - handler: called in a task of its own, on no event loop.
    public func on(_ event: String, _ handler: @escaping @Sendable (AsyncEvent) async throws -> Void) {
        let synchronous: @Sendable (Event) throws -> Void = { $0.socket.perform(handler, $0) }
        on(event, synchronous)
    }
}
