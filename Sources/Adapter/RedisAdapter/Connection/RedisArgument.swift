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

extension RedisArgument {
    /// Length in bytes.
    var length: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.readableBytes
        }
    }
}

extension ByteBuffer {
    /// Appends a command in the request form of RESP: a list of strings, safe for any bytes.
    mutating func writeCommand(_ words: [RedisArgument]) {
        let space = words.reduce(OutputRawSpan.headSpace) { $0 + OutputRawSpan.headSpace + $1.length }
        writeWithOutputRawSpan(minimumWritableBytes: space) { output in
            output.append(commandOf: words.count)
            for word in words { output.append(word) }
        }
    }

    /// Appends a publication; as a command of these three words, without making a list of them.
    mutating func writeCommand(_ command: RedisArgument, _ channel: String, _ payload: ByteBuffer) {
        let length = command.length + channel.utf8.count + payload.readableBytes
        writeWithOutputRawSpan(minimumWritableBytes: length + 4 * OutputRawSpan.headSpace) { output in
            output.append(commandOf: 3)
            output.append(command)
            output.append(word: channel.utf8Span.span.bytes)
            output.append(word: payload.readableBytesSpan)
        }
    }
}

extension OutputRawSpan {
    /// The most that a length takes, with everything around it.
    fileprivate static let headSpace = 32

    fileprivate mutating func append(commandOf count: Int) { append("*", length: count) }

    fileprivate mutating func append(_ word: RedisArgument) {
        switch word {
        case .text(let text): append(word: text.utf8Span.span.bytes)
        case .bytes(let bytes): append(word: bytes.readableBytesSpan)
        }
    }

    fileprivate mutating func append(word: RawSpan) {
        append("$", length: word.byteCount)
        append(word)
        appendLineEnd()
    }

    /// A mark, a number in decimal and the end of the line.
    private mutating func append(_ mark: Unicode.Scalar, length: Int) {
        append(UInt8(ascii: mark))
        var divisor = 1
        while length / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: length / divisor % 10))
            divisor /= 10
        }
        appendLineEnd()
    }

    private mutating func appendLineEnd() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ bytes: RawSpan) {
        withUnsafeMutableBytes { memory, count in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: $0) }
            count += bytes.byteCount
        }
    }
}
