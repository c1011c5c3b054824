/// An array that is being encoded.
struct ArrayWriting: UnkeyedEncodingContainer {
    let writing: ValueWriting

    var codingPath: [any CodingKey] { writing.codingPath }
    var count: Int { writing.slot.count }

    func encodeNil() { writing.slot.append(ValueSlot(.value(.null))) }

    /// Encodes any type; serves the requirements for each scalar type too.
    func encode<T: Encodable>(_ value: T) throws {
        let value = try writing.inside(AnyCodingKey(intValue: count)).value(of: value)
        writing.slot.append(ValueSlot(.value(value)))
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        element().container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }

    func superEncoder() -> any Encoder { element() }

    private func element() -> ValueWriting {
        let inner = writing.inside(AnyCodingKey(intValue: count))
        writing.slot.append(inner.slot)
        return inner
    }
}
