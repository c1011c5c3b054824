/// Makes values of `Encodable` types: the counterpart of ``ValueDecoder``, whose table says what becomes what.
///
/// Absent optionals of structs are left out, as synthesized code does; members keep the order in which they are encoded.
/// Source: issue 3.
///
/// ```swift
/// struct Said: Encodable { var text: String; var stars: Int? }
/// let value = try ValueEncoder().encode(Said(text: "Hello"))  // {"text": "Hello"}
/// ```
public struct ValueEncoder: Sendable {
    private let depthLimit: Int

    /// Creates an encoder.
    /// - Parameter depthLimit: how deep arrays and objects may nest. Default 128, as in packets.
    public init(depthLimit: Int = 128) { self.depthLimit = depthLimit }

    /// Encodes.
    /// - Parameter value: what to encode.
    /// - Returns: the value.
    /// - Throws: `EncodingError` if a number has no exact counterpart or it nests too deep; whatever the type's own
    ///   `encode(to:)` throws.
    public func encode<T: Encodable>(_ value: T) throws -> Value {
        try ValueWriting(path: .root, depthLeft: depthLimit).value(of: value)
    }
}

/// Where one value is being encoded to.
struct ValueWriting: Encoder, SingleValueEncodingContainer {
    let path: CodingPath
    /// How many levels of containers may still be below.
    let depthLeft: Int
    let slot = ValueSlot()

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        slot.becomeObject()
        return KeyedEncodingContainer(ObjectWriting<Key>(writing: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        slot.becomeArray()
        return ArrayWriting(writing: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { slot.content = .value(.null) }

    /// Encodes any type; serves the requirements for each scalar type too.
    func encode<T: Encodable>(_ value: T) throws { slot.content = .value(try self.value(of: value)) }

    /// What a type encodes to, at this place.
    func value<T: Encodable>(of value: T) throws -> Value {
        guard let scalar = value as? any ValueScalar else {
            guard depthLeft >= 0 else { throw invalid(value, "nested too deep") }
            let inner = ValueWriting(path: path, depthLeft: depthLeft)
            try value.encode(to: inner)
            return inner.slot.value
        }
        do {
            return try scalar.scalar()
        } catch {
            throw invalid(value, error.description)
        }
    }

    /// What is under a key or at an index.
    func inside(_ key: any CodingKey) -> ValueWriting {
        ValueWriting(path: .step(from: path, key), depthLeft: depthLeft - 1)
    }

    private func invalid(_ value: Any, _ description: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: description))
    }
}
