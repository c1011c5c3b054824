public import SocketIO

/// Sends events to one client with modifiers, as in `socket.volatile.emit("position", 1, 2)`.
///
/// Confined to the socket's loop like the socket itself.
public struct SocketEmitter {
    let socket: Socket
    let isVolatile: Bool

    /// Sends an event.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, _ arguments: Value...) {
        socket.send(event, Arguments(arguments), volatile: isVolatile)
    }

    /// Sends an event with arguments as they are.
    /// - Parameters:
    ///   - event: name of the event; a reserved name is logged and not sent.
    ///   - arguments: the arguments.
    public func emit(_ event: String, arguments: Arguments) {
        socket.send(event, arguments, volatile: isVolatile)
    }
}
