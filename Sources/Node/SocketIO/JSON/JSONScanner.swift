/// Walks over JSON text, checks its syntax completely, and builds nothing.
///
/// It is strict where `JSON.parse` is: no trailing commas, no leading zeros, no raw control characters in strings, no
/// unknown escapes or literals. Nesting is followed without recursion, so depth costs no stack. Whether strings are
/// valid UTF-8 is not checked here: the transport has done that once for the whole message.
struct JSONScanner {
    /// How deep arrays and objects may nest by default.
    static let defaultDepthLimit = 128

    /// Offset of the next byte to read.
    var position: Int
    private let depthLimit: Int

    /// Starts at an offset.
    /// - Parameters:
    ///   - position: offset of the first byte, not negative.
    ///   - depthLimit: how deep arrays and objects may nest; at most ``ContainerStack/capacity``.
    init(at position: Int = 0, depthLimit: Int = defaultDepthLimit) {
        self.position = position
        self.depthLimit = min(depthLimit, ContainerStack.capacity)
    }

    /// The next byte that is not white space, which is not consumed.
    mutating func peek(_ bytes: RawSpan) throws(JSONError) -> UInt8 {
        while position < bytes.byteCount {
            let byte = bytes.byte(at: position)
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        throw JSONError(.unexpectedEnd, at: position)
    }

    /// Consumes white space and one expected byte of punctuation.
    mutating func expect(_ expected: UInt8, _ bytes: RawSpan) throws(JSONError) {
        guard try peek(bytes) == expected else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
    }

    /// Consumes white space and makes sure that nothing follows it.
    mutating func expectEnd(_ bytes: RawSpan) throws(JSONError) {
        guard (try? peek(bytes)) == nil else { throw JSONError(.unexpectedByte, at: position) }
    }

    /// Consumes one value with everything in it, and white space before it.
    mutating func skipValue(_ bytes: RawSpan) throws(JSONError) {
        let first = try peek(bytes)
        guard first == .openBrace || first == .openBracket else { return try skipScalar(first, bytes) }
        var stack = ContainerStack()
        repeat {
            if try skipScalarOrOpen(bytes, &stack) { try closeContainers(bytes, &stack) }
        } while stack.depth > 0
    }

    /// Consumes a scalar, an empty container, or the beginning of a container up to its first value.
    /// - Returns: whether a value is complete.
    private mutating func skipScalarOrOpen(
        _ bytes: RawSpan, _ stack: inout ContainerStack
    ) throws(JSONError) -> Bool {
        let first = try peek(bytes)
        guard first == .openBrace || first == .openBracket else {
            try skipScalar(first, bytes)
            return true
        }
        guard stack.depth < depthLimit else { throw JSONError(.tooDeep, at: position) }
        position += 1
        let isObject = first == .openBrace
        if try peek(bytes) == (isObject ? .closeBrace : .closeBracket) {
            position += 1
            return true
        }
        stack.push(isObject: isObject)
        if isObject { try skipKey(bytes) }
        return false
    }

    /// After a complete value: closes the containers that end here; a comma leads to the next value.
    private mutating func closeContainers(_ bytes: RawSpan, _ stack: inout ContainerStack) throws(JSONError) {
        while stack.depth > 0 {
            let byte = try peek(bytes)
            let isObject = stack.topIsObject
            if byte == .comma {
                position += 1
                if isObject { try skipKey(bytes) }
                return
            }
            guard byte == (isObject ? .closeBrace : .closeBracket) else {
                throw JSONError(.unexpectedByte, at: position)
            }
            position += 1
            stack.pop()
        }
    }

    private mutating func skipKey(_ bytes: RawSpan) throws(JSONError) {
        try expect(.quote, bytes)
        try skipStringBody(bytes)
        try expect(.colon, bytes)
    }

    /// Consumes a string, number or literal.
    mutating func skipScalar(_ first: UInt8, _ bytes: RawSpan) throws(JSONError) {
        switch first {
        case .quote:
            position += 1
            try skipStringBody(bytes)
        case UInt8(ascii: "t"): try skipLiteral("true", bytes)
        case UInt8(ascii: "f"): try skipLiteral("false", bytes)
        case UInt8(ascii: "n"): try skipLiteral("null", bytes)
        case .minus, .zero ... .nine: try skipNumber(bytes)
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    private mutating func skipLiteral(_ literal: StaticString, _ bytes: RawSpan) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard position < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: position) }
            guard bytes.byte(at: position) == literal.utf8Start[index] else {
                throw JSONError(.unexpectedByte, at: position)
            }
            position += 1
        }
    }
}
