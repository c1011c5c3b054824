public import SocketIO

/// One event that is being sent to a client, as ``Socket/onAnyOutgoing(_:)`` listeners see it.
public struct OutgoingEvent {
    /// Name of the event, which can be compared with a literal: `event.eventName == "add"`.
    public let eventName: EventName
    /// Name of the event.
    public var name: String { eventName.string }
    /// The arguments without the name.
    public let arguments: Arguments
    /// Who it is sent to.
    public let socket: Socket
}
