public import SocketIO

/// An error that a client may see.
///
/// When a handler or packet middleware throws one, a client that waits for an acknowledgement gets one argument:
/// `{"error": message, "code": code}`, and `data` if there is some. Any other error is hidden behind
/// `{"error": "Internal server error", "code": "internal_error"}`. Source: issue 3.
///
/// ```swift
/// enum RoomError: ClientError {
///     case full
///     var code: String { "room_full" }
///     var message: String { "The room is full" }
/// }
/// ```
public protocol ClientError: Error {
    /// What a program can compare, such as `room_full`.
    var code: String { get }
    /// What went wrong, for people.
    var message: String { get }
    /// More for the client's program. Default: nothing.
    var data: Value? { get }
}

extension ClientError {
    /// Nothing more than code and message.
    public var data: Value? { nil }

    /// The argument of the acknowledgement.
    var reply: Value {
        var reply: Value.Object = .init()
        reply["error"] = .string(message)
        reply["code"] = .string(code)
        reply["data"] = data
        return .object(reply)
    }
}

/// Refuses an event: thrown by a handler, shown to the client if it waits for an acknowledgement.
///
/// ```swift
/// namespace.on("enter") { event in
///     guard event.socket.rooms.count < 10 else { throw EventError("enough rooms", code: "too_many_rooms") }
/// }
/// ```
public struct EventError: ClientError, Sendable, Equatable {
    /// What went wrong, for people.
    public let message: String
    /// What a program can compare.
    public let code: String
    /// More for the client's program.
    public let data: Value?

    /// Creates a refusal.
    /// - Parameters:
    ///   - message: what went wrong, for people.
    ///   - code: what a program can compare. Default: `refused`.
    ///   - data: more for the client's program.
    public init(_ message: String, code: String = "refused", data: Value? = nil) {
        self.message = message
        self.code = code
        self.data = data
    }

    /// A handler threw something that is not for the client.
    static let internalError = EventError("Internal server error", code: "internal_error")
}

extension InvalidArgument: ClientError {
    /// `invalid_arguments`.
    public var code: String { "invalid_arguments" }
    /// What is wrong with which argument, as in
    /// `Invalid arguments: argument 1, items[2].name: expected a string, found a number`.
    public var message: String { "Invalid arguments: \(self)" }
}

extension RoomLimitReached: ClientError {
    /// `room_limit_reached`.
    public var code: String { "room_limit_reached" }
    /// That there are too many rooms.
    public var message: String { "No more than \(limit) rooms can be joined" }
}
