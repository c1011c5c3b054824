public import SocketIO

/// One event that a client sent, as handlers and packet middleware see it.
///
/// ```swift
/// socket.on("add") { event in
///     guard let number = event.arguments[0]?.int else { return event.acknowledge(["error": "a number, please"]) }
///     event.acknowledge(["sum": .int(number + 1)])
/// }
/// ```
public struct Event {
    /// Name of the event as it came, which can be compared with a literal: `event.eventName == "add"`.
    public let eventName: EventName
    /// Name of the event.
    public var name: String { eventName.string }
    /// The arguments without the name, as they came; forwarding them decodes nothing.
    public let arguments: Arguments
    /// How to answer, if the client asked for an acknowledgement. It may be kept and used later, on any thread.
    public let acknowledgement: Acknowledgement?
    /// Who sent it.
    public let socket: Socket

    /// Answers the client; does nothing if it asked for no acknowledgement.
    /// - Parameter values: the arguments of the client's acknowledgement callback.
    public func acknowledge(_ values: Value...) {
        guard let acknowledgement else { return }
        acknowledgement.send(arguments: Arguments(values))
    }

    /// Answers the client with arguments as they are; does nothing if it asked for no acknowledgement.
    /// - Parameter arguments: the arguments of the client's acknowledgement callback.
    public func acknowledge(arguments: Arguments) {
        acknowledgement?.send(arguments: arguments)
    }
}
