public import NIOCore

/// A reply of Redis (RESP2).
public enum RedisReply: Sendable, Equatable {
    /// A string of any bytes.
    case bytes(ByteBuffer)
    /// A status line such as `OK`.
    case status(String)
    /// An integer.
    case integer(Int64)
    /// A list.
    case array([RedisReply])
    /// Nothing.
    case null
    /// An error; at top level commands report it as ``RedisError/refused(_:)``.
    case error(String)

    /// The text of a string (invalid UTF-8 repaired) or of a status line.
    public var text: String? {
        switch self {
        case .bytes(let buffer): String(buffer: buffer)
        case .status(let text): text
        default: nil
        }
    }

    /// The bytes of a string.
    public var buffer: ByteBuffer? { if case .bytes(let buffer) = self { buffer } else { nil } }

    /// The integer, also when it came as a string of digits.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { text.flatMap { Int64($0) } }
    }

    /// The elements of a list.
    public var array: [RedisReply]? { if case .array(let elements) = self { elements } else { nil } }
}
