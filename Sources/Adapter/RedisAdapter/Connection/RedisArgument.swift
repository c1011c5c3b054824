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
        writeLength("*", words.count)
        for word in words {
            switch word {
            case .text(let text):
                writeLength("\r\n$", text.utf8.count)
                writeStaticString("\r\n")
                writeString(text)
            case .bytes(let bytes):
                writeLength("\r\n$", bytes.readableBytes)
                writeStaticString("\r\n")
                writeImmutableBuffer(bytes)
            }
        }
        writeStaticString("\r\n")
    }

    /// A mark and a number in decimal, in one write: many small ones cost more than what they write.
    private mutating func writeLength(_ mark: StaticString, _ length: Int) {
        var text = InlineArray<24, UInt8>(repeating: 0)
        var start = text.count
        var rest = length.magnitude
        repeat {
            start -= 1
            text[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        for index in (0..<mark.utf8CodeUnitCount).reversed() {
            start -= 1
            text[start] = mark.utf8Start[index]
        }
        writeBytes(text.span.bytes.extracting(start..<text.count))
    }
}
