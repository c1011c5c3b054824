/// Finds the placeholders `{"_placeholder":true,"num":n}` in JSON text without building values.
///
/// Source: Socket.IO protocol v5, packet encoding; each attachment of a binary packet has one placeholder.
struct Placeholders {
    private var scanner = JSONScanner(depthLimit: ContainerStack.capacity)
    private var isUsed: [Bool]

    /// Makes sure that placeholders and attachments match one to one.
    /// - Parameters:
    ///   - bytes: values with commas between them, already checked for syntax and depth.
    ///   - attachmentCount: number of attachments.
    /// - Throws: ``JSONError/Reason/illegalAttachments`` for a number that is absent, not an integer, out of range or
    ///   used twice, and for an attachment that has no placeholder.
    static func check(_ bytes: RawSpan, attachmentCount: Int) throws(JSONError) {
        var placeholders = Placeholders(isUsed: Array(repeating: false, count: attachmentCount))
        while true {
            try placeholders.walkValue(bytes)
            guard let next = try? placeholders.scanner.peek(bytes) else { break }
            guard next == .comma else { throw JSONError(.unexpectedByte, at: placeholders.scanner.position) }
            placeholders.scanner.position += 1
        }
        guard placeholders.isUsed.allSatisfy(\.self) else { throw JSONError(.illegalAttachments, at: bytes.byteCount) }
    }

    private init(isUsed: [Bool]) { self.isUsed = isUsed }

    private mutating func walkValue(_ bytes: RawSpan) throws(JSONError) {
        let first = try scanner.peek(bytes)
        switch first {
        case .openBrace: try walkObject(bytes)
        case .openBracket:
            scanner.position += 1
            while try scanner.peek(bytes) != .closeBracket {
                try walkValue(bytes)
                if try scanner.peek(bytes) == .comma { scanner.position += 1 }
            }
            scanner.position += 1
        default: try scanner.skipScalar(first, bytes)
        }
    }

    private mutating func walkObject(_ bytes: RawSpan) throws(JSONError) {
        let start = scanner.position
        var isPlaceholder = false
        var number: Value?
        scanner.position += 1
        while try scanner.peek(bytes) != .closeBrace {
            let key = try readKey(bytes)
            let first = try scanner.peek(bytes)
            let valueStart = scanner.position
            try walkValue(bytes)
            // A key that comes twice has its last value.
            if key == .marker { isPlaceholder = first == UInt8(ascii: "t") }
            if key == .number {
                let isNumber = first == .minus || (UInt8.zero ... .nine).contains(first)
                number = isNumber ? bytes.number(valueStart..<scanner.position) : nil
            }
            if try scanner.peek(bytes) == .comma { scanner.position += 1 }
        }
        scanner.position += 1
        guard isPlaceholder else { return }
        guard let number = number?.int, let index = Int(exactly: number), isUsed.indices.contains(index),
            !isUsed[index]
        else { throw JSONError(.illegalAttachments, at: start) }
        isUsed[index] = true
    }

    private enum Key { case marker, number, other }

    private mutating func readKey(_ bytes: RawSpan) throws(JSONError) -> Key {
        try scanner.expect(.quote, bytes)
        let start = scanner.position
        let hasEscapes = try scanner.skipStringBody(bytes)
        let range = start..<(scanner.position - 1)
        try scanner.expect(.colon, bytes)
        if hasEscapes {
            let key = bytes.unescapedString(range)
            return key == "_placeholder" ? .marker : key == "num" ? .number : .other
        }
        return bytes.equals(range, "_placeholder") ? .marker : bytes.equals(range, "num") ? .number : .other
    }
}
