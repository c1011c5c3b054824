public import SocketIO

/// Why a client's acknowledgement did not come.
public enum AcknowledgementError: Error, Sendable, Equatable {
    /// Not within the time that was given.
    case timedOut
    /// The socket disconnected before, or was not connected.
    case disconnected
    /// ``ServerConfiguration/maxPendingAcknowledgements`` of this socket are outstanding; nothing was sent.
    case tooManyPending
    /// The event has a reserved name; nothing was sent.
    case reservedName
    /// It came, but is not of the type that was asked for; see ``SocketEvent``.
    case undecodable(InvalidArgument)
}
