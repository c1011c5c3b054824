public import SocketIO

/// Sends events that one client may lose, as in `socket.volatile.emit("position", 1, 2)`.
///
/// Confined to the socket's loop like the socket itself.
public struct SocketEmitter {
    let socket: Socket

    /// Sends an event.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) {
        socket.send(event, Arguments(arguments), volatile: true)
    }

    /// Sends an event with arguments as they are.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        socket.send(event, arguments, volatile: true)
    }
}
