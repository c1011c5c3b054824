/// Walks over MessagePack and builds nothing, so that what is not wanted of a message is never decoded. Nothing is
/// reserved on the word of a length.
package struct MessagePackScanner {
    /// Offset of the next byte to read; may be set back to a value that was skipped.
    package var position = 0

    /// Starts at the beginning.
    package init() {}

    /// Starts at an offset.
    init(at position: Int) { self.position = position }

    /// Consumes the head of a value.
    /// - Parameter bytes: the whole message, the same with every call.
    /// - Returns: what the value begins with.
    /// - Throws: ``MessagePackError``.
    package mutating func readHead(_ bytes: RawSpan) throws(MessagePackError) -> MessagePackHead {
        let format = try read(UInt8.self, bytes)
        switch format {
        case 0x00...0x7F: return .integer(Int64(format))
        case 0x80...0x8F: return .map(try members(Int(format & 0xF), bytes))
        case 0x90...0x9F: return .array(try elements(Int(format & 0xF), bytes))
        case 0xA0...0xBF: return .string(Int(format & 0x1F))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: format)))
        case 0xC0: return .null
        case 0xC2: return .bool(false)
        case 0xC3: return .bool(true)
        case 0xCA...0xD3: return try readNumber(format, bytes)
        default: return try readLongHead(format, bytes)
        }
    }

    private mutating func readNumber(_ format: UInt8, _ bytes: RawSpan) throws(MessagePackError) -> MessagePackHead {
        switch format {
        case 0xCA: return .number(Double(Float(bitPattern: try read(UInt32.self, bytes))))
        case 0xCB: return .number(Double(bitPattern: try read(UInt64.self, bytes)))
        case 0xCC: return .integer(Int64(try read(UInt8.self, bytes)))
        case 0xCD: return .integer(Int64(try read(UInt16.self, bytes)))
        case 0xCE: return .integer(Int64(try read(UInt32.self, bytes)))
        case 0xCF:
            let value = try read(UInt64.self, bytes)
            return Int64(exactly: value).map(MessagePackHead.integer) ?? .number(Double(value))
        case 0xD0: return .integer(Int64(try read(Int8.self, bytes)))
        case 0xD1: return .integer(Int64(try read(Int16.self, bytes)))
        case 0xD2: return .integer(Int64(try read(Int32.self, bytes)))
        default: return .integer(try read(Int64.self, bytes))
        }
    }

    private mutating func readLongHead(_ format: UInt8, _ bytes: RawSpan) throws(MessagePackError) -> MessagePackHead {
        switch format {
        case 0xC4: return .binary(try length(UInt8.self, bytes))
        case 0xC5: return .binary(try length(UInt16.self, bytes))
        case 0xC6: return .binary(try length(UInt32.self, bytes))
        case 0xC7: return .other(try length(UInt8.self, bytes), isFixed: false)
        case 0xC8: return .other(try length(UInt16.self, bytes), isFixed: false)
        case 0xC9: return .other(try length(UInt32.self, bytes), isFixed: false)
        case 0xD4...0xD8: return .other(1 << Int(format - 0xD4), isFixed: true)
        case 0xD9: return .string(try length(UInt8.self, bytes))
        case 0xDA: return .string(try length(UInt16.self, bytes))
        case 0xDB: return .string(try length(UInt32.self, bytes))
        case 0xDC: return .array(try elements(length(UInt16.self, bytes), bytes))
        case 0xDD: return .array(try elements(length(UInt32.self, bytes), bytes))
        case 0xDE: return .map(try members(length(UInt16.self, bytes), bytes))
        case 0xDF: return .map(try members(length(UInt32.self, bytes), bytes))
        default: throw .unknownFormat
        }
    }

    /// Each element takes a byte at least.
    private func elements(_ count: Int, _ bytes: RawSpan) throws(MessagePackError) -> Int {
        guard count <= bytes.byteCount - position else { throw .unexpectedEnd }
        return count
    }

    private func members(_ count: Int, _ bytes: RawSpan) throws(MessagePackError) -> Int {
        guard count <= (bytes.byteCount - position) / 2 else { throw .unexpectedEnd }
        return count
    }

    /// Consumes the bytes of a string, of binary content or of an extension.
    /// - Parameters:
    ///   - length: how many.
    ///   - bytes: the whole message.
    /// - Returns: where they are.
    /// - Throws: ``MessagePackError/unexpectedEnd``.
    package mutating func take(_ length: Int, _ bytes: RawSpan) throws(MessagePackError) -> Range<Int> {
        guard length <= bytes.byteCount - position else { throw .unexpectedEnd }
        defer { position += length }
        return position..<(position + length)
    }

    /// Consumes one value with everything in it, however deep.
    /// - Parameter bytes: the whole message.
    /// - Throws: ``MessagePackError``.
    package mutating func skipValue(_ bytes: RawSpan) throws(MessagePackError) {
        var expected = 1
        while expected > 0 {
            expected -= 1
            switch try readHead(bytes) {
            case .null, .bool, .integer, .number: break
            case .string(let length), .binary(let length): _ = try take(length, bytes)
            case .other(let length, _): _ = try take(length + 1, bytes)
            case .array(let count): expected += count
            case .map(let count): expected += 2 * count
            }
        }
    }

    /// Consumes a key of a map.
    /// - Parameter bytes: the whole message.
    /// - Returns: where its text is; an empty range for an integer.
    /// - Throws: ``MessagePackError``; ``MessagePackError/invalidKey`` for other keys.
    package mutating func readKey(_ bytes: RawSpan) throws(MessagePackError) -> Range<Int> {
        switch try readHead(bytes) {
        case .string(let length): return try take(length, bytes)
        case .integer: return 0..<0
        default: throw .invalidKey
        }
    }

    /// Consumes a name: a string, or an integer as text.
    /// - Parameter bytes: the whole message.
    /// - Returns: the name; `nil` if the value is something else, which is skipped.
    /// - Throws: ``MessagePackError``.
    package mutating func readName(_ bytes: RawSpan) throws(MessagePackError) -> String? {
        let start = position
        switch try readHead(bytes) {
        case .string(let length): return bytes.string(try take(length, bytes))
        case .integer(let number): return String(number)
        default:
            position = start
            try skipValue(bytes)
            return nil
        }
    }

    /// Consumes a name.
    /// - Parameters:
    ///   - name: what it may be.
    ///   - bytes: the whole message.
    /// - Returns: whether it is that.
    /// - Throws: ``MessagePackError``.
    package mutating func readName(_ name: String, _ bytes: RawSpan) throws(MessagePackError) -> Bool {
        let start = position
        guard case .string(let length) = try readHead(bytes) else {
            position = start
            return try readName(bytes) == name
        }
        return bytes.equals(try take(length, bytes), text: name)
    }

    /// Consumes bytes if they are these; so what peers always write alike is read in one go.
    /// - Parameters:
    ///   - expected: the bytes.
    ///   - bytes: the whole message.
    /// - Returns: whether they were.
    package mutating func skip(_ expected: [UInt8], _ bytes: RawSpan) -> Bool {
        let end = position + expected.count
        guard end <= bytes.byteCount, bytes.equals(position..<end, expected.span.bytes) else { return false }
        position = end
        return true
    }

    private mutating func length<Length: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ type: Length.Type, _ bytes: RawSpan
    ) throws(MessagePackError) -> Int { Int(try read(type, bytes)) }

    /// Consumes an integer of a fixed width, in network byte order.
    mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, _ bytes: RawSpan
    ) throws(MessagePackError) -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= bytes.byteCount - position else { throw .unexpectedEnd }
        defer { position += size }
        return Number(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Number.self))
    }
}
