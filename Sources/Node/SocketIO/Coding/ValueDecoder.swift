/// Makes `Decodable` types of values.
///
/// | Swift | value |
/// |---|---|
/// | structs, classes, `[String: T]` | object |
/// | enums with associated values | object `{"case": {"label": …}}`, as Swift synthesizes it |
/// | arrays, sets | array |
/// | integers | number, exactly: fractions and numbers out of range are errors |
/// | `Double`, `Float` | number |
/// | optionals | `null`, or absent in an object |
/// | `ByteBuffer`, `[UInt8]` | binary content; `[UInt8]` takes an array of numbers too |
/// | ``Value`` | whatever comes |
///
/// Errors are the standard library's `DecodingError`, with the path to the place; their descriptions speak of JSON and
/// never quote the value. Source: issue 3.
///
/// ```swift
/// struct Say: Decodable { var room: String; var text: String }
/// let say = try ValueDecoder().decode(Say.self, from: ["room": "lobby", "text": "Hello"])
/// ```
public struct ValueDecoder: Sendable {
    private let depthLimit: Int

    /// Creates a decoder.
    /// - Parameter depthLimit: how deep arrays and objects may nest. Default 128, as in packets.
    public init(depthLimit: Int = 128) { self.depthLimit = depthLimit }

    /// Decodes a value.
    /// - Parameters:
    ///   - type: what to make of it.
    ///   - value: the value.
    /// - Returns: what was made.
    /// - Throws: `DecodingError` if the value is something else or nests too deep; whatever the type's own
    ///   `init(from:)` throws.
    public func decode<T: Decodable>(_ type: T.Type = T.self, from value: Value) throws -> T {
        try ValueReading(value: value, path: .root, depthLeft: depthLimit).decode(type)
    }
}

/// One value that is being decoded.
struct ValueReading: Decoder, SingleValueDecodingContainer {
    let value: Value
    let path: CodingPath
    /// How many levels of containers may still be below.
    let depthLeft: Int

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let object) = value else {
            throw mismatch(Value.Object.self, ScalarError(expected: "an object", found: value))
        }
        return KeyedDecodingContainer(ObjectReading<Key>(object, of: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        switch value {
        case .array(let elements): return ArrayReading(.values(elements), of: self)
        case .binary(let bytes): return ArrayReading(.bytes(bytes), of: self)
        default: throw mismatch([Value].self, ScalarError(expected: "an array", found: value))
        }
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { value.isNull }

    /// Decodes any type; serves the requirements for each scalar type too.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        guard let scalar = type as? any ValueScalar.Type else { return try T(from: self) }
        do {
            if let made = try scalar.init(scalar: value) as? T { return made }
        } catch {
            throw mismatch(type, error)
        }
        return try T(from: self)
    }

    /// What is under a key or at an index.
    func inside(_ value: Value, at key: any CodingKey) throws -> ValueReading {
        let path = CodingPath.step(from: path, key)
        guard depthLeft > 0 else {
            throw DecodingError.dataCorrupted(.init(codingPath: path.keys, debugDescription: "nested too deep"))
        }
        return ValueReading(value: value, path: path, depthLeft: depthLeft - 1)
    }

    private func mismatch(_ type: Any.Type, _ error: ScalarError) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: error.description)
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}
