/// An object that is being decoded.
struct ObjectReading<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let object: Value.Object
    private let reading: ValueReading
    /// Where each key is, if there are many: a client can send a hundred thousand.
    private let places: [String: Int]?

    init(_ object: Value.Object, of reading: ValueReading) {
        self.object = object
        self.reading = reading
        places =
            object.members.count <= 12
            ? nil
            : Dictionary(
                object.members.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first }
            )
    }

    var codingPath: [any CodingKey] { reading.codingPath }
    var allKeys: [Key] { object.members.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { find(key.stringValue) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).value.isNull }

    /// Decodes any type; serves the requirements for each scalar type too.
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).decode(type) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        try reading.inside(find(AnyCodingKey.super.stringValue) ?? .null, at: AnyCodingKey.super)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        try reading.inside(find(key.stringValue) ?? .null, at: key)
    }

    private func member(_ key: Key) throws -> ValueReading {
        guard let value = find(key.stringValue) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
        }
        return try reading.inside(value, at: key)
    }

    private func find(_ key: String) -> Value? {
        guard let places else { return object.members.first { $0.key == key }?.value }
        return places[key].map { object.members[$0].value }
    }
}
