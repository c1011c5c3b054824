import NIOCore

/// Reads MessagePack. Recursive within a depth limit; nothing is reserved on the word of a length.
struct MessagePackReader {
    private var bytes: ByteBuffer
    private let depthLimit: Int

    init(_ bytes: ByteBuffer, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// Reads one value, which must be all there is.
    mutating func readAll() throws(MessagePackError) -> Value {
        let value = try readValue(depth: 0)
        guard bytes.readableBytes == 0 else { throw .trailingBytes }
        return value
    }

    private mutating func readValue(depth: Int) throws(MessagePackError) -> Value {
        let format = try read(UInt8.self)
        switch format {
        case 0x00...0x7F: return .int(Int64(format))
        case 0x80...0x8F: return try readMap(Int(format & 0xF), depth: depth)
        case 0x90...0x9F: return try readArray(Int(format & 0xF), depth: depth)
        case 0xA0...0xBF: return .string(try readString(Int(format & 0x1F)))
        case 0xE0...0xFF: return .int(Int64(Int8(bitPattern: format)))
        case 0xC0: return .null
        case 0xC2: return .bool(false)
        case 0xC3: return .bool(true)
        case 0xCA...0xD3: return try readNumber(format)
        case 0xDC: return try readArray(readLength(UInt16.self), depth: depth)
        case 0xDD: return try readArray(readLength(UInt32.self), depth: depth)
        case 0xDE: return try readMap(readLength(UInt16.self), depth: depth)
        case 0xDF: return try readMap(readLength(UInt32.self), depth: depth)
        default: return try readBytes(format)
        }
    }

    private mutating func readNumber(_ format: UInt8) throws(MessagePackError) -> Value {
        switch format {
        case 0xCA: return .double(Double(Float(bitPattern: try read(UInt32.self))))
        case 0xCB: return .double(Double(bitPattern: try read(UInt64.self)))
        case 0xCC: return .int(Int64(try read(UInt8.self)))
        case 0xCD: return .int(Int64(try read(UInt16.self)))
        case 0xCE: return .int(Int64(try read(UInt32.self)))
        case 0xCF:
            let value = try read(UInt64.self)
            return Int64(exactly: value).map(Value.int) ?? .double(Double(value))
        case 0xD0: return .int(Int64(try read(Int8.self)))
        case 0xD1: return .int(Int64(try read(Int16.self)))
        case 0xD2: return .int(Int64(try read(Int32.self)))
        default: return .int(try read(Int64.self))
        }
    }

    private mutating func readBytes(_ format: UInt8) throws(MessagePackError) -> Value {
        switch format {
        case 0xC4: return .binary(try readSlice(readLength(UInt8.self)))
        case 0xC5: return .binary(try readSlice(readLength(UInt16.self)))
        case 0xC6: return .binary(try readSlice(readLength(UInt32.self)))
        case 0xC7: return try readExtension(readLength(UInt8.self))
        case 0xC8: return try readExtension(readLength(UInt16.self))
        case 0xC9: return try readExtension(readLength(UInt32.self))
        case 0xD4: return try readExtension(1, isFixed: true)
        case 0xD5: return try readExtension(2)
        case 0xD6: return try readExtension(4)
        case 0xD7: return try readExtension(8, isFixed: true)
        case 0xD8: return try readExtension(16)
        case 0xD9: return .string(try readString(readLength(UInt8.self)))
        case 0xDA: return .string(try readString(readLength(UInt16.self)))
        case 0xDB: return .string(try readString(readLength(UInt32.self)))
        default: throw .unknownFormat
        }
    }

    private mutating func readArray(_ count: Int, depth: Int) throws(MessagePackError) -> Value {
        guard depth < depthLimit else { throw .tooDeep }
        // Each element takes a byte at least.
        guard count <= bytes.readableBytes else { throw .unexpectedEnd }
        var elements: [Value] = []
        for _ in 0..<count { elements.append(try readValue(depth: depth + 1)) }
        return .array(elements)
    }

    private mutating func readMap(_ count: Int, depth: Int) throws(MessagePackError) -> Value {
        guard depth < depthLimit else { throw .tooDeep }
        guard count <= bytes.readableBytes / 2 else { throw .unexpectedEnd }
        var members: [Value.Object.Member] = []
        for _ in 0..<count {
            let key: String
            // Only scalars can be keys, so they may not nest.
            switch try readValue(depth: depthLimit) {
            case .string(let text): key = text
            case .int(let number): key = String(number)
            default: throw .invalidKey
            }
            members.append(Value.Object.Member(key: key, value: try readValue(depth: depth + 1)))
        }
        return .object(Value.Object(members))
    }

    /// Extensions of notepack.io: type 0 in its fixed forms is `undefined` (1 byte) or a date (8 bytes, milliseconds),
    /// otherwise bytes; type -1 is the timestamp of the MessagePack specification.
    private mutating func readExtension(_ length: Int, isFixed: Bool = false) throws(MessagePackError) -> Value {
        let type = try read(Int8.self)
        var payload = try readSlice(length)
        switch (type, length) {
        case (0, 1) where isFixed: return .null
        case (0, 8) where isFixed:
            return Self.date(milliseconds: payload.readInteger(as: Int64.self))
        case (0, _): return .binary(payload)
        case (-1, 4):
            return Self.date(milliseconds: payload.readInteger(as: UInt32.self).map { Int64($0) * 1000 })
        case (-1, 8):
            let packed = payload.readInteger(as: UInt64.self) ?? 0
            return Self.date(seconds: Int64(packed & 0x3_FFFF_FFFF), nanoseconds: Int64(packed >> 34))
        case (-1, 12):
            let nanoseconds = Int64(payload.readInteger(as: UInt32.self) ?? 0)
            return Self.date(seconds: payload.readInteger(as: Int64.self) ?? 0, nanoseconds: nanoseconds)
        default: throw .unsupportedExtension(type)
        }
    }

    private static func date(seconds: Int64, nanoseconds: Int64) -> Value {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return date(milliseconds: overflow ? nil : milliseconds &+ nanoseconds / 1_000_000)
    }

    /// A date as clients get to see it; one that JavaScript does not have is `null`.
    private static func date(milliseconds: Int64?) -> Value {
        milliseconds.flatMap(ISODate.text).map(Value.string) ?? .null
    }

    private mutating func readString(_ length: Int) throws(MessagePackError) -> String {
        let slice = try readSlice(length)
        return slice.readableBytesSpan.string(0..<length)
    }

    private mutating func readLength<Length: FixedWidthInteger>(_ type: Length.Type) throws(MessagePackError) -> Int {
        Int(try read(type))
    }

    private mutating func readSlice(_ length: Int) throws(MessagePackError) -> ByteBuffer {
        guard let slice = bytes.readSlice(length: length) else { throw .unexpectedEnd }
        return slice
    }

    private mutating func read<Number: FixedWidthInteger>(_ type: Number.Type) throws(MessagePackError) -> Number {
        guard let value = bytes.readInteger(as: type) else { throw .unexpectedEnd }
        return value
    }
}
