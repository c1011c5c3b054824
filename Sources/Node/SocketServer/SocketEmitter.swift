public import SocketIO

/// Sends events to one client in another way than usual, as in `socket.volatile.emit("position", 1, 2)`.
///
/// Confined to the socket's loop like the socket itself.
public struct SocketEmitter {
    let socket: Socket
    var options = SendOptions()

    /// Events that are dropped when the client cannot take them at once.
    public var volatile: SocketEmitter { with { $0.volatile = true } }

    /// Says whether events may be compressed.
    /// - Parameter compress: whether they may be.
    /// - Returns: the changed emitter.
    public func compress(_ compress: Bool) -> SocketEmitter { with { $0.compress = compress } }

    private func with(_ change: (inout SendOptions) -> Void) -> SocketEmitter {
        var changed = self
        change(&changed.options)
        return changed
    }

    /// Sends an event.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) {
        socket.send(event, Arguments(arguments), options)
    }

    /// Sends an event with arguments as they are.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        socket.send(event, arguments, options)
    }

    /// Sends an event with arguments as they are and waits for its acknowledgement; one that is dropped gets none.
    /// - Parameters:
    ///   - event: name of the event.
    ///   - arguments: the arguments.
    ///   - timeout: how long to wait. Default: 5 seconds.
    ///   - completion: called once on the socket's loop: the arguments of the acknowledgement, or why none came.
    public func emitWithAcknowledgement(
        _ event: String, arguments: Arguments, timeout: Duration = .seconds(5),
        _ completion: @escaping (Result<Arguments, AcknowledgementError>) -> Void
    ) {
        _ = socket.ask(event, arguments, options, timeout: timeout, completion)
    }
}

/// How an event for one client is sent.
struct SendOptions {
    var volatile = false
    var compress = true
}
