public import SocketIO

/// One event that a client sent, as asynchronous handlers see it: an ``Event`` that may be used on any thread.
///
/// ```swift
/// namespace.on("save") { event in
///     let id = try await store.save(event.arguments.decode(Draft.self, at: 0))
///     try await event.socket.join("draft-\(id)")
///     event.acknowledge(.int(id))
/// }
/// ```
public struct AsyncEvent: Sendable {
    /// Name of the event as it came, which can be compared with a literal: `event.eventName == "add"`.
    public let eventName: EventName
    /// Name of the event.
    public var name: String { eventName.string }
    /// The arguments without the name, as they came; forwarding them decodes nothing.
    public let arguments: Arguments
    /// How to answer, if the client asked for an acknowledgement. It may be kept and used later, on any thread.
    public let acknowledgement: Acknowledgement?
    /// Who sent it.
    public let socket: SocketHandle

    init(_ event: Event) {
        eventName = event.eventName
        arguments = event.arguments
        acknowledgement = event.acknowledgement
        socket = SocketHandle(event.socket)
    }

    /// Answers the client; does nothing if it asked for no acknowledgement.
    /// - Parameter values: the arguments of the client's acknowledgement callback.
    public func acknowledge(_ values: Value...) {
        guard let acknowledgement else { return }
        acknowledgement.send(arguments: Arguments(values))
    }

    /// Answers the client with arguments as they are; does nothing if it asked for no acknowledgement.
    /// - Parameter arguments: the arguments of the client's acknowledgement callback.
    public func acknowledge(arguments: Arguments) { acknowledgement?.send(arguments: arguments) }
}
