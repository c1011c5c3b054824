package import NIOCore

extension Arguments {
    /// Reads an array of MessagePack as event name and arguments, without building values. A key that comes twice in a
    /// map stays twice. `nil` if it is no array, or does not begin with a string or an integer.
    /// - Parameters:
    ///   - source: holds the array. Binary content shares it.
    ///   - position: offset of the array from the first readable byte.
    ///   - depthLimit: how deep arrays and maps may nest, this array included; 128 by default, 512 at most.
    /// - Throws: ``MessagePackError``.
    package init?(
        eventInMessagePack source: ByteBuffer, at position: Int, depthLimit: Int = 128
    ) throws(MessagePackError) {
        var scanner = MessagePackScanner(at: position)
        let bytes = source.readableBytesSpan
        guard case .array(1...) = try scanner.readHead(bytes) else { return nil }
        switch try scanner.readHead(bytes) {
        case .string, .integer: break
        case .number(let number) where Value.double(number).int != nil: break
        default: return nil
        }
        var transcoder = MessagePackToJSON(source, at: position, depthLimit: min(depthLimit, ContainerStack.capacity))
        guard let arguments = try transcoder.arguments() else { return nil }
        self = arguments
    }
}

/// Writes MessagePack as JSON text without building values: what one value would be written as by `Value`, except that
/// a key that comes twice in a map stays twice. Recursive within a depth limit.
private struct MessagePackToJSON {
    private var scanner: MessagePackScanner
    private var writer = TextWriter()
    private var json: ByteBuffer
    private var attachments: [ByteBuffer] = []
    private let source: ByteBuffer
    private let depthLimit: Int

    init(_ source: ByteBuffer, at position: Int, depthLimit: Int) {
        self.source = source
        self.depthLimit = depthLimit
        scanner = MessagePackScanner(at: position)
        // Punctuation adds about as much as the heads take; escapes, if there are any, make it grow.
        json = ByteBufferAllocator().buffer(capacity: source.readableBytes - position + 32)
    }

    /// Takes the array as a list of arguments.
    mutating func arguments() throws(MessagePackError) -> Arguments? {
        let source = source
        let bytes = source.readableBytesSpan
        guard case .array(let count) = try scanner.readHead(bytes) else { return nil }
        for index in 0..<count {
            if index > 0 { writer.append(.comma, to: &json) }
            try transcode(bytes, depth: 1)
        }
        writer.flush(to: &json)
        return Arguments(uncheckedJSON: json, count: count, attachments: attachments)
    }

    private mutating func transcode(_ bytes: RawSpan, depth: Int) throws(MessagePackError) {
        switch try scanner.readHead(bytes) {
        case .null: write(.null)
        case .bool(let value): write(.bool(value))
        case .integer(let value): writer.append(decimal: value, to: &json)
        case .number(let value): write(.double(value))
        case .string(let length): try transcodeText(length, bytes)
        case .binary(let length):
            let range = try scanner.take(length, bytes)
            write(.binary(source.slice(range)))
        case .array(let count): try transcodeArray(count, bytes, depth: depth)
        case .map(let count): try transcodeMap(count, bytes, depth: depth)
        case .other(let length, let isFixed):
            switch try MessagePackExtension(length: length, isFixed: isFixed, &scanner, bytes) {
            case .null: write(.null)
            case .text(let text): write(.string(text))
            case .binary(let range): write(.binary(source.slice(range)))
            }
        }
    }

    private mutating func transcodeArray(_ count: Int, _ bytes: RawSpan, depth: Int) throws(MessagePackError) {
        guard depth < depthLimit else { throw .tooDeep }
        writer.append(.openBracket, to: &json)
        for index in 0..<count {
            if index > 0 { writer.append(.comma, to: &json) }
            try transcode(bytes, depth: depth + 1)
        }
        writer.append(.closeBracket, to: &json)
    }

    private mutating func transcodeMap(_ count: Int, _ bytes: RawSpan, depth: Int) throws(MessagePackError) {
        guard depth < depthLimit else { throw .tooDeep }
        writer.append(.openBrace, to: &json)
        for index in 0..<count {
            if index > 0 { writer.append(.comma, to: &json) }
            switch try scanner.readHead(bytes) {
            case .string(let length): try transcodeText(length, bytes)
            case .integer(let number): write(.string(String(number)))
            default: throw .invalidKey
            }
            writer.append(.colon, to: &json)
            try transcode(bytes, depth: depth + 1)
        }
        writer.append(.closeBrace, to: &json)
    }

    private mutating func write(_ value: Value) {
        var attachments: [ByteBuffer]? = attachments
        writer.append(value, to: &json, attachments: &attachments)
        if case .binary = value { self.attachments = attachments ?? [] }
    }

    /// Text of ASCII is valid as it is; anything else may be no UTF-8 and is repaired.
    private mutating func transcodeText(_ length: Int, _ bytes: RawSpan) throws(MessagePackError) {
        let range = try scanner.take(length, bytes)
        let text = bytes.extracting(range)
        if text.endOfPlainASCII() == text.byteCount {
            writer.append(.quote, to: &json)
            writer.append(text, to: &json)
            writer.append(.quote, to: &json)
        } else if bytes.isASCII(range) {
            writer.append(string: text, to: &json)
        } else {
            writer.append(string: bytes.string(range).utf8Span.span.bytes, to: &json)
        }
    }
}
