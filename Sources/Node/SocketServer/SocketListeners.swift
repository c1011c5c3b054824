import SocketIO

/// What a socket has besides handlers of single events. Few sockets do, so it is kept apart. Loop-confined.
final class SocketListeners {
    // See EventHandlers about closures in structs.
    private struct Listener {
        let handle: (Event) throws -> Void
        let number: UInt32
    }
    private struct OutgoingListener {
        let handle: (OutgoingEvent) -> Void
        let number: UInt32
    }
    private struct ErrorHandler {
        let handle: (any Error, Event) -> Void
    }

    private var middleware: [Listener] = []
    private var incoming: [Listener] = []
    private var outgoing: [OutgoingListener] = []
    private var errorHandlers: [ErrorHandler] = []

    /// Whether anybody wants to know what is sent.
    var hasOutgoing: Bool { !outgoing.isEmpty }

    func use(_ handler: @escaping (Event) throws -> Void) { middleware.append(Listener(handle: handler, number: 0)) }

    func onError(_ handler: @escaping (any Error, Event) -> Void) {
        errorHandlers.append(ErrorHandler(handle: handler))
    }

    func addIncoming(_ handler: @escaping (Event) throws -> Void, _ token: ListenerToken, first: Bool) {
        incoming.insert(Listener(handle: handler, number: token.number), at: first ? 0 : incoming.count)
    }

    func addOutgoing(_ handler: @escaping (OutgoingEvent) -> Void, _ token: ListenerToken, first: Bool) {
        outgoing.insert(OutgoingListener(handle: handler, number: token.number), at: first ? 0 : outgoing.count)
    }

    /// Removes the listener of a token, or all.
    func removeIncoming(_ token: ListenerToken?) { incoming.removeAll { token == nil || $0.number == token?.number } }

    /// Removes the listener of a token, or all.
    func removeOutgoing(_ token: ListenerToken?) { outgoing.removeAll { token == nil || $0.number == token?.number } }

    /// Asks the middleware about an event; it throws to drop it.
    func check(_ event: Event) throws {
        for middleware in middleware { try middleware.handle(event) }
    }

    /// Tells those who want to know every event.
    func announce(_ event: Event) throws {
        for listener in incoming { try listener.handle(event) }
    }

    func announce(_ event: OutgoingEvent) {
        for listener in outgoing { listener.handle(event) }
    }

    func report(_ error: any Error, _ event: Event) {
        for handler in errorHandlers { handler.handle(error, event) }
    }
}
