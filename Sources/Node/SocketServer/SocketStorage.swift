/// Names a typed value in a ``SocketStorage``.
///
/// ```swift
/// enum UserKey: StorageKey { typealias Value = User }
/// socket.storage[UserKey.self] = user
/// ```
public protocol StorageKey {
    /// The type of the stored value.
    associatedtype Value: Sendable
}

/// Typed values that belong to one socket and stay on this node; what other nodes shall see goes to ``Socket/data``.
public struct SocketStorage: Sendable {
    // Boxes by the key's type, which says what is in them: to cast what is in an existential takes 500 instructions.
    private var values: [ObjectIdentifier: any AnyBox] = [:]

    /// Creates an empty storage.
    public init() {}

    /// The value of a key; `nil` removes it.
    public subscript<Key: StorageKey>(key: Key.Type) -> Key.Value? {
        get { values[ObjectIdentifier(key)].map { unsafeDowncast($0, to: Box<Key>.self).value } }
        set { values[ObjectIdentifier(key)] = newValue.map { Box<Key>($0) } }
    }
}

private protocol AnyBox: AnyObject, Sendable {}

private final class Box<Key: StorageKey>: AnyBox {
    let value: Key.Value

    init(_ value: Key.Value) { self.value = value }
}
