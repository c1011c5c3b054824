public import NIOCore

/// A decoded argument: JSON plus binary, which is what Socket.IO can carry.
///
/// Literals make values: `socket.emit("b", 1, "two", ["three": true, "n": nil])`.
public enum Value: Sendable, Hashable {
    /// JSON `null`; also JavaScript's `undefined`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent that fits 64 bits.
    case int(Int64)
    /// Any other number.
    case double(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([Value])
    /// An object; keys keep their order.
    case object(Object)
    /// Binary content, sent as an attachment.
    case binary(ByteBuffer)
}

extension Value {
    /// The text, if this is a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The truth value, if this is a boolean.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The members, if this is an object.
    public var object: Object? { if case .object(let value) = self { value } else { nil } }
    /// The elements, if this is an array.
    public var array: [Value]? { if case .array(let value) = self { value } else { nil } }
    /// The integer, if this is a number without fraction.
    public var int: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }
    /// The number, if this is one; integers beyond 2^53 are rounded.
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
    /// The bytes, if this is binary content.
    public var binary: ByteBuffer? { if case .binary(let value) = self { value } else { nil } }
    /// Whether this is `null`.
    public var isNull: Bool { self == .null }
    /// The value of a key, if this is an object that has it.
    public subscript(key: String) -> Value? { object?[key] }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    /// An object, in the order written.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(Object(elements.map { Object.Member(key: $0.0, value: $0.1) }))
    }
}
