import NIOCore

/// Builds ``Value``s from JSON text, checking the syntax as it goes.
///
/// Recursive: the scanner's depth limit bounds the stack that hostile input can take.
struct JSONReader {
    /// Most arrays and objects have no more elements than this, so that their memory need not grow.
    private static let usualCount = 4

    private var scanner: JSONScanner
    private let depthLimit: Int
    private let attachments: [ByteBuffer]

    /// Starts at the beginning of a text.
    /// - Parameters:
    ///   - attachments: what placeholders stand for; without attachments placeholders are plain objects.
    ///   - depthLimit: how deep arrays and objects may nest.
    init(attachments: [ByteBuffer], depthLimit: Int = JSONScanner.defaultDepthLimit) {
        self.scanner = JSONScanner(depthLimit: depthLimit)
        self.depthLimit = min(depthLimit, ContainerStack.capacity)
        self.attachments = attachments
    }

    /// Reads a text that is one value.
    mutating func readText(_ bytes: RawSpan) throws(JSONError) -> Value {
        let value = try readValue(bytes, depth: 0)
        try scanner.expectEnd(bytes)
        return value
    }

    /// Reads a text that is values with commas between them, possibly none.
    mutating func readList(_ bytes: RawSpan, count: Int) throws(JSONError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        while values.count < count {
            if !values.isEmpty { try scanner.expect(.comma, bytes) }
            values.append(try readValue(bytes, depth: 0))
        }
        try scanner.expectEnd(bytes)
        return values
    }

    private mutating func readValue(_ bytes: RawSpan, depth: Int) throws(JSONError) -> Value {
        let first = try scanner.peek(bytes)
        let start = scanner.position
        switch first {
        case .openBrace: return try readObject(bytes, depth: depth + 1)
        case .openBracket: return .array(try readArray(bytes, depth: depth + 1))
        case .quote: return .string(try readString(bytes))
        case .minus, .zero ... .nine:
            try scanner.skipNumber(bytes)
            return bytes.number(start..<scanner.position)
        default:
            try scanner.skipScalar(first, bytes)
            return first == UInt8(ascii: "n") ? .null : .bool(first == UInt8(ascii: "t"))
        }
    }

    private mutating func readArray(_ bytes: RawSpan, depth: Int) throws(JSONError) -> [Value] {
        guard depth <= depthLimit else { throw JSONError(.tooDeep, at: scanner.position) }
        try scanner.expect(.openBracket, bytes)
        var elements: [Value] = []
        if try scanner.peek(bytes) != .closeBracket {
            elements.reserveCapacity(Self.usualCount)
            elements.append(try readValue(bytes, depth: depth))
            while try scanner.peek(bytes) == .comma {
                try scanner.expect(.comma, bytes)
                elements.append(try readValue(bytes, depth: depth))
            }
        }
        try scanner.expect(.closeBracket, bytes)
        return elements
    }

    private mutating func readObject(_ bytes: RawSpan, depth: Int) throws(JSONError) -> Value {
        guard depth <= depthLimit else { throw JSONError(.tooDeep, at: scanner.position) }
        try scanner.expect(.openBrace, bytes)
        var members: [Value.Object.Member] = []
        if try scanner.peek(bytes) != .closeBrace {
            members.reserveCapacity(Self.usualCount)
            members.append(try readMember(bytes, depth: depth))
            while try scanner.peek(bytes) == .comma {
                try scanner.expect(.comma, bytes)
                members.append(try readMember(bytes, depth: depth))
            }
        }
        try scanner.expect(.closeBrace, bytes)
        let object = Value.Object(members)
        return attachment(for: object).map(Value.binary) ?? .object(object)
    }

    private mutating func readMember(_ bytes: RawSpan, depth: Int) throws(JSONError) -> Value.Object.Member {
        guard try scanner.peek(bytes) == .quote else { throw JSONError(.unexpectedByte, at: scanner.position) }
        let key = try readString(bytes)
        try scanner.expect(.colon, bytes)
        return Value.Object.Member(key: key, value: try readValue(bytes, depth: depth))
    }

    private mutating func readString(_ bytes: RawSpan) throws(JSONError) -> String {
        let start = scanner.position + 1
        scanner.position = start
        let hasEscapes = try scanner.skipStringBody(bytes)
        let range = start..<(scanner.position - 1)
        return hasEscapes ? bytes.unescapedString(range) : bytes.string(range)
    }

    private func attachment(for object: Value.Object) -> ByteBuffer? {
        guard !attachments.isEmpty, object["_placeholder"] == .bool(true), let number = object["num"]?.int,
            let index = Int(exactly: number), attachments.indices.contains(index)
        else { return nil }
        return attachments[index]
    }
}
