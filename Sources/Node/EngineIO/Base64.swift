public import NIOCore

/// Base 64 with padding (RFC 4648, section 4): binary messages over polling, and the WebSocket handshake.
public enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let padding = UInt8(ascii: "=")
    private static let invalid: UInt32 = 0x80
    /// The six bits of each character; of the others the highest bit is set.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: UInt8(invalid), count: 256)
        for value in 0..<64 { values[Int(alphabet.utf8Start[value])] = UInt8(value) }
        return values
    }()

    /// How many characters the text form of so many bytes has.
    static func size(of byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

    /// Appends the text form of bytes.
    /// - Parameters:
    ///   - bytes: what to encode.
    ///   - buffer: where the text goes.
    public static func encode(_ bytes: some Collection<UInt8>, into buffer: inout ByteBuffer) {
        let isWritten: Void? = bytes.withContiguousStorageIfAvailable { bytes in
            buffer.writeWithOutputRawSpan(minimumWritableBytes: size(of: bytes.count)) { output in
                encode(bytes.span.bytes, to: &output)
            }
        }
        if isWritten == nil { encode(Array(bytes), into: &buffer) }
    }

    /// Appends the text form of bytes, for which there must be room.
    static func encode(_ bytes: RawSpan, to output: inout OutputRawSpan) {
        let alphabet = alphabet.utf8Start
        func characters(_ group: UInt32) -> UInt32 {
            UInt32(alphabet[Int(group >> 18 & 63)]) << 24 | UInt32(alphabet[Int(group >> 12 & 63)]) << 16
                | UInt32(alphabet[Int(group >> 6 & 63)]) << 8 | UInt32(alphabet[Int(group & 63)])
        }
        func byte(_ offset: Int) -> UInt32 { UInt32(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
        var offset = 0
        while offset + 3 <= bytes.byteCount {
            output.append(bigEndian: characters(byte(offset) << 16 | byte(offset + 1) << 8 | byte(offset + 2)))
            offset += 3
        }
        let left = bytes.byteCount - offset
        guard left > 0 else { return }
        let word = characters(byte(offset) << 16 | (left == 2 ? byte(offset + 1) << 8 : 0))
        output.append(bigEndian: UInt16(truncatingIfNeeded: word >> 16))
        output.append(left == 2 ? UInt8(truncatingIfNeeded: word >> 8) : padding)
        output.append(padding)
    }

    /// The bytes of a text. Strict: nothing but the alphabet, correct padding, unused bits zero.
    /// - Parameter text: what to decode; may be empty.
    /// - Returns: the bytes, or `nil` if the text is malformed.
    public static func decode(_ text: ByteBuffer) -> ByteBuffer? {
        let count = text.readableBytes
        guard count % 4 == 0 else { return nil }
        guard count > 0 else { return ByteBuffer() }
        var bytes = ByteBufferAllocator().buffer(capacity: count / 4 * 3)
        var isValid = false
        bytes.writeWithOutputRawSpan(minimumWritableBytes: count / 4 * 3) { output in
            isValid = decode(text.readableBytesSpan, to: &output)
        }
        return isValid ? bytes : nil
    }

    /// Decodes whole groups of four characters, at least one.
    /// - Returns: whether the text is well formed.
    private static func decode(_ text: RawSpan, to output: inout OutputRawSpan) -> Bool {
        let values = values.span
        func character(_ offset: Int) -> UInt8 { text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
        func value(_ offset: Int) -> UInt32 { UInt32(values[unchecked: Int(character(offset))]) }
        let last = text.byteCount - 4
        // A bit that is set in any of the values, so also the one of characters that are not in the alphabet.
        var bits: UInt32 = 0
        for start in stride(from: 0, to: last, by: 4) {
            let (first, second, third, fourth) = (value(start), value(start + 1), value(start + 2), value(start + 3))
            bits |= first | second | third | fourth
            append(first << 18 | second << 12 | third << 6 | fourth, count: 3, to: &output)
        }
        let padded = character(last + 3) != padding ? 0 : character(last + 2) != padding ? 1 : 2
        let third = padded < 2 ? value(last + 2) : 0
        let fourth = padded < 1 ? value(last + 3) : 0
        bits |= value(last) | value(last + 1) | third | fourth
        let group = value(last) << 18 | value(last + 1) << 12 | third << 6 | fourth
        let unused: UInt32 = padded == 2 ? 0xFFFF : padded == 1 ? 0xFF : 0
        guard bits & invalid == 0, group & unused == 0 else { return false }
        append(group, count: 3 - padded, to: &output)
        return true
    }

    private static func append(_ group: UInt32, count: Int, to output: inout OutputRawSpan) {
        output.append(UInt8(truncatingIfNeeded: group >> 16))
        if count > 1 { output.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if count > 2 { output.append(UInt8(truncatingIfNeeded: group)) }
    }
}
