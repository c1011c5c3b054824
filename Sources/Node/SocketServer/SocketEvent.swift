/// The name of an event together with the types of its arguments and of its acknowledgement, written as a function: the
/// compiler checks everybody who receives or sends it. Source: issue 3.
///
/// ```swift
/// struct Say: Codable { var room: String; var text: String }
///
/// enum Chat {
///     static let say = SocketEvent<(Say) -> Int>("say")  // acknowledged with a number
///     static let move = SocketEvent<(Double, Double) -> Void>("move")
///     static let ready = SocketEvent<() -> Void>("ready")
/// }
///
/// namespace.on(Chat.say) { say, event in
///     event.socket.to(say.room).emit(Chat.move, 0.5, 1)
///     return say.text.count
/// }
/// ```
///
/// Payloads are any `Codable` and `Sendable` types, coded by `ValueDecoder` and `ValueEncoder`; binary content is a
/// `ByteBuffer` or `[UInt8]`, what has no fixed shape a `Value`. To be able to write `.say`, declare it in an extension:
///
/// ```swift
/// extension SocketEvent<(Say) -> Int> { static var say: Self { Self("say") } }
/// ```
public struct SocketEvent<Signature>: Sendable {
    /// Name of the event.
    public let name: String

    /// Names an event.
    /// - Parameter name: name of the event; a reserved one is never sent.
    public init<each Payload, Reply>(_ name: String) where Signature == (repeat each Payload) -> Reply {
        self.name = name
    }
}
