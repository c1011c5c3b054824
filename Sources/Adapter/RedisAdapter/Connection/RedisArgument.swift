public import NIOCore

/// One word of a command. Literals make words: `["SET", "key", 5]`.
public enum RedisArgument: Sendable, Equatable {
    /// Text, as UTF-8.
    case text(String)
    /// Any bytes.
    case bytes(ByteBuffer)

    /// An integer in decimal.
    public static func integer(_ value: some BinaryInteger) -> RedisArgument { .text(String(value)) }
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// An integer in decimal.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension ByteBuffer {
    /// Appends a command in the request form of RESP: a list of strings, safe for any bytes.
    mutating func writeCommand(_ words: [RedisArgument]) {
        writeCount(UInt8(ascii: "*"), words.count)
        for word in words {
            switch word {
            case .text(let text):
                writeCount(UInt8(ascii: "$"), text.utf8.count)
                writeString(text)
            case .bytes(let bytes):
                writeCount(UInt8(ascii: "$"), bytes.readableBytes)
                writeImmutableBuffer(bytes)
            }
            writeStaticString("\r\n")
        }
    }

    private mutating func writeCount(_ kind: UInt8, _ count: Int) {
        writeInteger(kind)
        if count < 10 {
            writeInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: count))
        } else {
            writeString(String(count))
        }
        writeStaticString("\r\n")
    }
}
