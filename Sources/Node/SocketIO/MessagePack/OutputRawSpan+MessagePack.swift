// Several pieces of a message in one write: a write to a `ByteBuffer` costs as much as copying some fifty bytes.
extension OutputRawSpan {
    /// The most that the head of a string or of an array takes.
    package static let messagePackHead = 5

    /// Appends a string.
    /// - Parameter text: the string; there must be room for its UTF-8 and ``messagePackHead`` bytes.
    package mutating func append(messagePackString text: String) {
        append(messagePackString: text.utf8Span.span.bytes)
    }

    /// Appends a string.
    /// - Parameter text: its UTF-8; there must be room for it and ``messagePackHead`` bytes.
    package mutating func append(messagePackString text: RawSpan) {
        if text.byteCount < 32 {
            append(0xA0 | UInt8(truncatingIfNeeded: text.byteCount))
        } else {
            append(length: text.byteCount, format8: 0xD9, 0xDA, 0xDB)
        }
        append(copying: text)
    }

    /// Appends an array of strings.
    /// - Parameter names: the strings; there must be room for each of them, and the array, as for a string.
    package mutating func append(messagePackStrings names: [String]) {
        append(messagePackArrayCount: names.count)
        for name in names { append(messagePackString: name) }
    }

    /// Appends the head of an array; its elements follow.
    /// - Parameter count: number of elements; there must be room for ``messagePackHead`` bytes.
    package mutating func append(messagePackArrayCount count: Int) {
        if count < 16 {
            append(0x90 | UInt8(truncatingIfNeeded: count))
        } else {
            append(length: count, format8: nil, 0xDC, 0xDD)
        }
    }

    /// Appends bytes.
    /// - Parameter bytes: what is copied; there must be room for it.
    package mutating func append(copying bytes: [UInt8]) { append(copying: bytes.span.bytes) }

    private mutating func append(copying bytes: RawSpan) {
        withUnsafeMutableBytes { memory, count in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: $0) }
            count += bytes.byteCount
        }
    }

    private mutating func append(length: Int, format8: UInt8?, _ format16: UInt8, _ format32: UInt8) {
        if let format8, let length = UInt8(exactly: length) {
            append(format8)
            append(length)
        } else if let length = UInt16(exactly: length) {
            append(format16)
            append(length.bigEndian, as: UInt16.self)
        } else {
            // A message of 4 GiB cannot get here: transports and sessions are bounded far below.
            append(format32)
            append(UInt32(truncatingIfNeeded: length).bigEndian, as: UInt32.self)
        }
    }
}
