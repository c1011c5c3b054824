import NIOCore

/// A value can be part of a `Codable` type, for what has no fixed shape. ``ValueDecoder`` and ``ValueEncoder`` take it as
/// it is; other coders see JSON, with binary content as they code a `ByteBuffer`.
extension Value: Codable {
    /// Decodes any value.
    /// - Parameter decoder: the decoder to read from.
    /// - Throws: `DecodingError` if it offers nothing that JSON knows.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? container.decode(Int64.self) {
            self = .int(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .double(number)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let elements = try? container.decode([Value].self) {
            self = .array(elements)
        } else {
            let members = try decoder.container(keyedBy: AnyCodingKey.self)
            self = .object(
                Object(
                    try members.allKeys.map { key in
                        Object.Member(key: key.stringValue, value: try members.decode(Value.self, forKey: key))
                    }))
        }
    }

    /// Encodes the value.
    /// - Parameter encoder: the encoder to write to.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        if case .object(let object) = self {
            var container = encoder.container(keyedBy: AnyCodingKey.self)
            for member in object.members {
                try container.encode(member.value, forKey: AnyCodingKey(stringValue: member.key))
            }
            return
        }
        var container = encoder.singleValueContainer()
        switch self {
        case .null, .object: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .binary(let value): try container.encode(value)
        }
    }
}
