import NIOCore

/// Builds ``Value``s from MessagePack. Recursive within a depth limit.
struct MessagePackReader {
    private var scanner = MessagePackScanner()
    private let source: ByteBuffer
    private let depthLimit: Int

    init(_ source: ByteBuffer, depthLimit: Int) {
        self.source = source
        self.depthLimit = depthLimit
    }

    /// Reads one value, which must be all there is.
    mutating func readAll() throws(MessagePackError) -> Value {
        let source = source
        let value = try readValue(source.readableBytesSpan, depth: 0)
        guard scanner.position == source.readableBytes else { throw .trailingBytes }
        return value
    }

    private mutating func readValue(_ bytes: RawSpan, depth: Int) throws(MessagePackError) -> Value {
        switch try scanner.readHead(bytes) {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .int(value)
        case .number(let value): return .double(value)
        case .string(let length): return .string(bytes.string(try scanner.take(length, bytes)))
        case .binary(let length):
            let range = try scanner.take(length, bytes)
            return .binary(source.slice(range))
        case .array(let count): return try readArray(count, bytes, depth: depth)
        case .map(let count): return try readMap(count, bytes, depth: depth)
        case .other(let length, let isFixed):
            switch try MessagePackExtension(length: length, isFixed: isFixed, &scanner, bytes) {
            case .null: return .null
            case .text(let text): return .string(text)
            case .binary(let range): return .binary(source.slice(range))
            }
        }
    }

    private mutating func readArray(_ count: Int, _ bytes: RawSpan, depth: Int) throws(MessagePackError) -> Value {
        guard depth < depthLimit else { throw .tooDeep }
        var elements: [Value] = []
        for _ in 0..<count { elements.append(try readValue(bytes, depth: depth + 1)) }
        return .array(elements)
    }

    private mutating func readMap(_ count: Int, _ bytes: RawSpan, depth: Int) throws(MessagePackError) -> Value {
        guard depth < depthLimit else { throw .tooDeep }
        var members: [Value.Object.Member] = []
        for _ in 0..<count {
            let key: String
            switch try scanner.readHead(bytes) {
            case .string(let length): key = bytes.string(try scanner.take(length, bytes))
            case .integer(let number): key = String(number)
            default: throw .invalidKey
            }
            members.append(Value.Object.Member(key: key, value: try readValue(bytes, depth: depth + 1)))
        }
        return .object(Value.Object(members))
    }
}
