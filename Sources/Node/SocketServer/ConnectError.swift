public import SocketIO

/// Refuses a CONNECT: thrown by a middleware, shown to the client.
///
/// The client's `connect_error` handler gets an error with this message and `data`; the stock client does not retry.
/// On the wire: `44{"message":"…","data":…}`.
///
/// ```swift
/// namespace.use { context in
///     guard context.auth["token"] != nil else { throw ConnectError("Authentication token required") }
/// }
/// ```
public struct ConnectError: Error, Sendable {
    /// What the client sees as `error.message`.
    public let message: String
    /// What the client sees as `error.data`; absent when `nil`.
    public let data: Value?

    /// Creates a refusal.
    /// - Parameters:
    ///   - message: the text that the client sees.
    ///   - data: more for the client's program.
    public init(_ message: String, data: Value? = nil) {
        self.message = message
        self.data = data
    }

    /// What a client of protocol 4 gets: the data, if that is anything, or else the message. A namespace that does not
    /// exist makes the exception, as in the reference server.
    var protocol4: Value {
        switch data {
        case nil, .null, false, 0, "":
            message == Self.invalidNamespace.message ? ["message": .string(message)] : .string(message)
        case let data?: data
        }
    }

    /// The namespace does not exist (the reference server's text).
    static let invalidNamespace = ConnectError("Invalid namespace")
    /// ``DynamicNamespaceConfiguration/maxCount`` namespaces exist that clients made.
    static let tooManyNamespaces = ConnectError("Too many namespaces on this server")
    /// A middleware threw something that is not for the client.
    static let internalError = ConnectError("Internal server error")
}
