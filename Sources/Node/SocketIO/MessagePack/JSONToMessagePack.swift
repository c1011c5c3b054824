import NIOCore

extension ByteBuffer {
    /// Appends arguments, one after the other, in the profile of notepack.io. Without binary content nothing is decoded;
    /// a key that comes twice in an object stays twice then.
    /// - Parameter arguments: what to write; the head of an array is not part of it.
    package mutating func writeMessagePack(_ arguments: Arguments) {
        let start = writerIndex
        do {
            guard arguments.attachments.isEmpty else { return writeMessagePack(elements: arguments.values) }
            var transcoder = JSONToMessagePack()
            try transcoder.transcode(arguments.json.readableBytesSpan, count: arguments.count, to: &self)
        } catch {
            // Deeper than anything that comes from outside: what can be decoded of it is written.
            moveWriterIndex(to: start)
            writeMessagePack(elements: arguments.values)
        }
    }

    private mutating func writeMessagePack(elements: [Value]) {
        for value in elements { value.writeMessagePack(to: &self) }
    }
}

/// Writes JSON text, whose syntax was checked before, as MessagePack without building values.
private struct JSONToMessagePack {
    private var scanner = JSONScanner(depthLimit: ContainerStack.capacity)

    /// Writes values with commas between them.
    mutating func transcode(_ bytes: RawSpan, count: Int, to buffer: inout ByteBuffer) throws(JSONError) {
        for index in 0..<count {
            if index > 0 { try scanner.expect(.comma, bytes) }
            try transcodeValue(bytes, depth: 0, to: &buffer)
        }
    }

    private mutating func transcodeValue(
        _ bytes: RawSpan, depth: Int, to buffer: inout ByteBuffer
    ) throws(JSONError) {
        let first = try scanner.peek(bytes)
        let start = scanner.position
        switch first {
        case .quote: try transcodeString(bytes, to: &buffer)
        case .openBrace, .openBracket:
            guard depth < ContainerStack.capacity else { throw JSONError(.tooDeep, at: start) }
            try transcodeContainer(bytes, isObject: first == .openBrace, depth: depth + 1, to: &buffer)
        case .minus, .zero ... .nine:
            try scanner.skipNumber(bytes)
            bytes.number(start..<scanner.position).writeMessagePack(to: &buffer)
        default:
            try scanner.skipScalar(first, bytes)
            let value: Value = first == UInt8(ascii: "n") ? .null : .bool(first == UInt8(ascii: "t"))
            value.writeMessagePack(to: &buffer)
        }
    }

    private mutating func transcodeString(_ bytes: RawSpan, to buffer: inout ByteBuffer) throws(JSONError) {
        let start = scanner.position + 1
        scanner.position = start
        let hasEscapes = try scanner.skipStringBody(bytes)
        let range = start..<(scanner.position - 1)
        if hasEscapes {
            buffer.writeMessagePack(string: bytes.unescapedString(range))
        } else {
            buffer.writeMessagePack(string: bytes.extracting(range))
        }
    }

    /// The head tells how many there are, which is known at the end: room is made for the short form, and for the rare
    /// long one what is behind it moves.
    private mutating func transcodeContainer(
        _ bytes: RawSpan, isObject: Bool, depth: Int, to buffer: inout ByteBuffer
    ) throws(JSONError) {
        let end: UInt8 = isObject ? .closeBrace : .closeBracket
        let head = buffer.writerIndex
        buffer.writeInteger(UInt8(isObject ? 0x80 : 0x90))
        scanner.position += 1
        var count = 0
        while try scanner.peek(bytes) != end {
            if count > 0 { try scanner.expect(.comma, bytes) }
            if isObject {
                guard try scanner.peek(bytes) == .quote else { throw JSONError(.unexpectedByte, at: scanner.position) }
                try transcodeString(bytes, to: &buffer)
                try scanner.expect(.colon, bytes)
            }
            try transcodeValue(bytes, depth: depth, to: &buffer)
            count += 1
        }
        scanner.position += 1
        buffer.setHead(at: head, count: count, isObject: isObject)
    }
}

extension ByteBuffer {
    /// Completes the head of a container that was written with room for the short form.
    fileprivate mutating func setHead(at index: Int, count: Int, isObject: Bool) {
        if count < 16 {
            setInteger((isObject ? 0x80 : 0x90) | UInt8(truncatingIfNeeded: count), at: index)
            return
        }
        var head = ByteBuffer()
        if isObject { head.writeMessagePack(mapCount: count) } else { head.writeMessagePack(arrayCount: count) }
        let content = writerIndex - index - 1
        writeRepeatingByte(0, count: head.readableBytes - 1)
        // Both ranges are inside of what has been written.
        _ = try? copyBytes(at: index + 1, to: index + head.readableBytes, length: content)
        setBytes(head.readableBytesView, at: index)
    }
}
