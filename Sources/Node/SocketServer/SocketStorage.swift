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
    // Boxes with the key's type, which says what is in them: to cast what is in an existential takes 500 instructions, and to
    // look for one of few keys in a dictionary as many.
    private var entries: [(key: ObjectIdentifier, box: any AnyObject & Sendable)] = []

    /// Creates an empty storage.
    public init() {}

    /// The value of a key; `nil` removes it.
    public subscript<Key: StorageKey>(key: Key.Type) -> Key.Value? {
        get {
            guard let index = index(of: key) else { return nil }
            return unsafeDowncast(entries[index].box, to: Box<Key>.self).value
        }
        set {
            if let index = index(of: key) { entries.remove(at: index) }
            if let newValue { entries.append((ObjectIdentifier(key), Box<Key>(newValue))) }
        }
    }

    private func index<Key: StorageKey>(of key: Key.Type) -> Int? {
        let key = ObjectIdentifier(key)
        return entries.indices.first { entries[$0].key == key }
    }
}

private final class Box<Key: StorageKey>: Sendable {
    let value: Key.Value

    init(_ value: Key.Value) { self.value = value }
}
