import SocketIO

// MARK: - Every event

extension Socket {
    /// Adds packet middleware: called for every event, in order, before everything else. Throwing drops the event: the
    /// client is told if it waits for an acknowledgement (see ``ClientError``), and ``onError(_:)`` handlers are called.
    /// - Parameter middleware: called on the socket's loop.
    public func use(_ middleware: @escaping (Event) throws -> Void) { withListeners { $0.use(middleware) } }

    /// Registers a handler for errors that packet middleware and event handlers of this socket throw (the reference's
    /// server-side `error` event, which it has for middleware only). They are logged and answered anyway.
    /// - Parameter handler: called on the socket's loop with the error and the event that it ended.
    public func onError(_ handler: @escaping (_ error: any Error, _ event: Event) -> Void) {
        withListeners { $0.onError(handler) }
    }

    /// Registers a listener that is called before the handlers of every event, behind other such listeners.
    /// - Parameter listener: called on the socket's loop; throwing ends the event.
    /// - Returns: what ``offAny(_:)`` takes; need not be kept.
    @discardableResult
    public func onAny(_ listener: @escaping (Event) throws -> Void) -> ListenerToken {
        let token = shard.nextListener()
        withListeners { $0.addIncoming(listener, token, first: false) }
        return token
    }

    /// Registers a listener that is called before the handlers of every event and before other such listeners.
    /// - Parameter listener: called on the socket's loop; throwing ends the event.
    /// - Returns: what ``offAny(_:)`` takes; need not be kept.
    @discardableResult
    public func prependAny(_ listener: @escaping (Event) throws -> Void) -> ListenerToken {
        let token = shard.nextListener()
        withListeners { $0.addIncoming(listener, token, first: true) }
        return token
    }

    /// Removes listeners of every event.
    /// - Parameter token: what ``onAny(_:)`` or ``prependAny(_:)`` gave; `nil`, the default, removes all.
    public func offAny(_ token: ListenerToken? = nil) { listeners?.removeIncoming(token) }
}

// MARK: - Every event that is sent

extension Socket {
    /// Registers a listener for every event that is sent to this client, by itself or in a broadcast, behind other such
    /// listeners. Acknowledgements are no events. With such a listener each broadcast costs a look at its receivers.
    /// - Parameter listener: called on the socket's loop, before the event leaves.
    /// - Returns: what ``offAnyOutgoing(_:)`` takes; need not be kept.
    @discardableResult
    public func onAnyOutgoing(_ listener: @escaping (OutgoingEvent) -> Void) -> ListenerToken {
        addOutgoing(listener, first: false)
    }

    /// Registers a listener as ``onAnyOutgoing(_:)``, before other such listeners.
    /// - Parameter listener: called on the socket's loop, before the event leaves.
    /// - Returns: what ``offAnyOutgoing(_:)`` takes; need not be kept.
    @discardableResult
    public func prependAnyOutgoing(_ listener: @escaping (OutgoingEvent) -> Void) -> ListenerToken {
        addOutgoing(listener, first: true)
    }

    /// Removes listeners of events that are sent.
    /// - Parameter token: what ``onAnyOutgoing(_:)`` or ``prependAnyOutgoing(_:)`` gave; `nil`, the default, removes
    ///   all.
    public func offAnyOutgoing(_ token: ListenerToken? = nil) {
        countingOutgoing { listeners?.removeOutgoing(token) }
    }

    func announceOutgoing(_ name: EventName, _ arguments: Arguments) {
        guard let listeners, listeners.hasOutgoing else { return }
        listeners.announce(OutgoingEvent(eventName: name, arguments: arguments, socket: self))
    }

    /// The socket's end: nobody is told anything any more.
    func endListeners() {
        countingOutgoing { listeners = nil }
    }

    private func addOutgoing(_ listener: @escaping (OutgoingEvent) -> Void, first: Bool) -> ListenerToken {
        let token = shard.nextListener()
        countingOutgoing { withListeners { $0.addOutgoing(listener, token, first: first) } }
        return token
    }

    /// Keeps the shard's count of sockets that have to be told about broadcasts.
    private func countingOutgoing(_ change: () -> Void) {
        let before = listeners?.hasOutgoing ?? false
        change()
        let after = listeners?.hasOutgoing ?? false
        if after != before { shard.outgoingListeners += after ? 1 : -1 }
    }

    private func withListeners(_ body: (SocketListeners) -> Void) {
        guard isConnected else { return }
        let listeners = listeners ?? SocketListeners()
        self.listeners = listeners
        body(listeners)
    }
}
