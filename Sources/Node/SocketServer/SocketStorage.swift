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
    private var values: [ObjectIdentifier: any Sendable] = [:]

    /// Creates an empty storage.
    public init() {}

    /// The value of a key; `nil` removes it.
    public subscript<Key: StorageKey>(key: Key.Type) -> Key.Value? {
        get { values[ObjectIdentifier(key)] as? Key.Value }
        set { values[ObjectIdentifier(key)] = newValue }
    }
}
