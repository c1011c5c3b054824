/// Values of the server's own code that travel with a request, one of each type: a hook puts in what it found out, for
/// example the verified user, and the layers above find it in ``Handshake/values``.
///
/// ```swift
/// request.values[User.self] = user  // in a hook
/// let name = socket.handshake.values[User.self]?.name  // in a handler
/// ```
public struct RequestValues: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    /// Creates an empty collection.
    public init() {}

    /// The value of a type; `nil` removes it.
    public subscript<Value: Sendable>(type: Value.Type) -> Value? {
        get { values[ObjectIdentifier(type)] as? Value }
        set { values[ObjectIdentifier(type)] = newValue }
    }
}
