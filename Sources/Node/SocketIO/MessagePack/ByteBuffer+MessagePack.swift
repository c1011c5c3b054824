package import NIOCore

// The pieces that a codec composes messages of, where building a `Value` first would be a waste.
extension ByteBuffer {
    /// Appends an integer in the shortest form.
    /// - Parameter value: the integer.
    package mutating func writeMessagePack(integer value: Int64) {
        guard value < 0 else { return writeMessagePack(unsigned: UInt64(value)) }
        if value >= -32 {
            writeInteger(Int8(truncatingIfNeeded: value))
        } else if let value = Int8(exactly: value) {
            writeMultipleIntegers(UInt8(0xD0), value)
        } else if let value = Int16(exactly: value) {
            writeMultipleIntegers(UInt8(0xD1), value)
        } else if let value = Int32(exactly: value) {
            writeMultipleIntegers(UInt8(0xD2), value)
        } else {
            writeMultipleIntegers(UInt8(0xD3), value)
        }
    }

    private mutating func writeMessagePack(unsigned value: UInt64) {
        if value < 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: value))
        } else if let value = UInt8(exactly: value) {
            writeMultipleIntegers(UInt8(0xCC), value)
        } else if let value = UInt16(exactly: value) {
            writeMultipleIntegers(UInt8(0xCD), value)
        } else if let value = UInt32(exactly: value) {
            writeMultipleIntegers(UInt8(0xCE), value)
        } else {
            writeMultipleIntegers(UInt8(0xCF), value)
        }
    }

    /// Appends a number: as an integer if it is one (negative zero is 0), otherwise as a float of 64 bits.
    /// - Parameter value: the number.
    package mutating func writeMessagePack(number value: Double) {
        if let integer = Int64(exactly: value) {
            writeMessagePack(integer: integer)
        } else if let integer = UInt64(exactly: value) {
            writeMessagePack(unsigned: integer)
        } else {
            writeMultipleIntegers(UInt8(0xCB), value.bitPattern)
        }
    }

    /// Appends a string.
    /// - Parameter value: the string.
    package mutating func writeMessagePack(string value: String) {
        writeMessagePack(string: value.utf8Span.span.bytes)
    }

    /// Appends a string.
    /// - Parameter text: its UTF-8.
    mutating func writeMessagePack(string text: RawSpan) {
        writeWithOutputRawSpan(minimumWritableBytes: text.byteCount + OutputRawSpan.messagePackHead) { output in
            output.append(messagePackString: text)
        }
    }

    /// Appends the head of an array; its elements follow.
    /// - Parameter count: number of elements.
    package mutating func writeMessagePack(arrayCount count: Int) {
        if count < 16 {
            writeInteger(0x90 | UInt8(truncatingIfNeeded: count))
        } else {
            writeLength(count, nil, 0xDC, 0xDD)
        }
    }

    /// Appends the head of a map; its keys and values follow, in turn.
    /// - Parameter count: number of keys.
    package mutating func writeMessagePack(mapCount count: Int) {
        if count < 16 {
            writeInteger(0x80 | UInt8(truncatingIfNeeded: count))
        } else {
            writeLength(count, nil, 0xDE, 0xDF)
        }
    }

    /// Appends the head of binary content; its bytes follow.
    /// - Parameter length: number of bytes.
    package mutating func writeMessagePack(binaryHeader length: Int) {
        writeLength(length, 0xC4, 0xC5, 0xC6)
    }

    private mutating func writeLength(_ length: Int, _ format8: UInt8?, _ format16: UInt8, _ format32: UInt8) {
        if let format8, let length = UInt8(exactly: length) {
            writeMultipleIntegers(format8, length)
        } else if let length = UInt16(exactly: length) {
            writeMultipleIntegers(format16, length)
        } else {
            // A message of 4 GiB cannot get here: transports and sessions are bounded far below.
            writeMultipleIntegers(format32, UInt32(truncatingIfNeeded: length))
        }
    }
}
