/// An object that is being encoded.
struct ObjectWriting<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writing: ValueWriting

    var codingPath: [any CodingKey] { writing.codingPath }

    func encodeNil(forKey key: Key) { writing.slot.append(ValueSlot(.value(.null)), key: key.stringValue) }

    /// Encodes any type; serves the requirements for each scalar type too.
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        let value = try writing.inside(key).value(of: value)
        writing.slot.append(ValueSlot(.value(value)), key: key.stringValue)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        member(key).container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { member(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { member(AnyCodingKey.super) }

    func superEncoder(forKey key: Key) -> any Encoder { member(key) }

    private func member(_ key: any CodingKey) -> ValueWriting {
        let inner = writing.inside(key)
        writing.slot.append(inner.slot, key: key.stringValue)
        return inner
    }
}
