import NIOCore

/// An array, or binary content, that is being decoded element by element.
struct ArrayReading: UnkeyedDecodingContainer {
    /// What the elements are. Bytes stay bytes, as a value for each would take forty times the memory.
    enum Elements {
        case values([Value])
        case bytes(ByteBuffer)
    }

    private let elements: Elements
    private let reading: ValueReading
    private(set) var currentIndex = 0

    init(_ elements: Elements, of reading: ValueReading) {
        self.elements = elements
        self.reading = reading
    }

    var codingPath: [any CodingKey] { reading.codingPath }

    var count: Int? {
        switch elements {
        case .values(let values): values.count
        case .bytes(let bytes): bytes.readableBytes
        }
    }

    var isAtEnd: Bool { currentIndex >= count ?? 0 }

    mutating func decodeNil() throws -> Bool {
        guard try next().value.isNull else { return false }
        currentIndex += 1
        return true
    }

    /// Decodes any type; serves the requirements for each scalar type too.
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try advancing { try $0.decode(type) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try advancing { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try advancing { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try advancing { $0 } }

    /// The element that comes next.
    private var element: Value? {
        switch elements {
        case .values(let values):
            // Written out, as a mere `nil` could also mean a null.
            return currentIndex < values.count ? .some(values[currentIndex]) : .none
        case .bytes(let bytes):
            let byte = bytes.getInteger(at: bytes.readerIndex + currentIndex, as: UInt8.self)
            return byte.map { .int(Int64($0)) }
        }
    }

    private func next() throws -> ValueReading {
        let key = AnyCodingKey(intValue: currentIndex)
        guard let element else {
            throw DecodingError.valueNotFound(
                Value.self, .init(codingPath: codingPath + [key], debugDescription: "is missing"))
        }
        return try reading.inside(element, at: key)
    }

    /// An element that was decoded is left behind; one that was not may be decoded as something else.
    private mutating func advancing<Result>(_ body: (ValueReading) throws -> Result) throws -> Result {
        let result = try body(next())
        currentIndex += 1
        return result
    }
}
