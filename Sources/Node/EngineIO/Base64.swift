public import NIOCore

/// Base 64 with padding (RFC 4648, section 4): binary messages over polling, and the WebSocket handshake.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let invalid: UInt8 = 0xFF
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Appends the text form of bytes.
    /// - Parameters:
    ///   - bytes: what to encode.
    ///   - buffer: where the text goes.
    public static func encode(_ bytes: some Collection<UInt8>, into buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: (bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                write(group, characters: 4, to: &buffer)
                (group, held) = (0, 0)
            }
        }
        guard held > 0 else { return }
        write(group << (8 * UInt32(3 - held)), characters: held + 1, to: &buffer)
        buffer.writeRepeatingByte(UInt8(ascii: "="), count: 3 - held)
    }

    private static func write(_ group: UInt32, characters: Int, to buffer: inout ByteBuffer) {
        var word: UInt32 = 0
        for index in 0..<4 {
            word = word << 8 | UInt32(alphabet[Int(group >> UInt32(18 - 6 * index) & 63)])
        }
        switch characters {
        case 4: buffer.writeInteger(word)
        case 3: buffer.writeMultipleIntegers(UInt16(word >> 16), UInt8(truncatingIfNeeded: word >> 8))
        default: buffer.writeInteger(UInt16(word >> 16))
        }
    }

    /// The bytes of a text. Strict: nothing but the alphabet, correct padding, unused bits zero.
    /// - Parameter text: what to decode; may be empty.
    /// - Returns: the bytes, or `nil` if the text is malformed.
    public static func decode(_ text: ByteBuffer) -> ByteBuffer? {
        let count = text.readableBytes
        guard count % 4 == 0 else { return nil }
        guard count > 0 else { return ByteBuffer() }
        return text.withUnsafeReadableBytes { characters in
            let padding =
                characters[count - 1] == UInt8(ascii: "=") ? (characters[count - 2] == UInt8(ascii: "=") ? 2 : 1) : 0
            var bytes = ByteBufferAllocator().buffer(capacity: count / 4 * 3)
            for start in stride(from: 0, to: count, by: 4) {
                let skipped = start + 4 == count ? padding : 0
                var group: UInt32 = 0
                for index in 0..<4 {
                    let value = index < 4 - skipped ? values[Int(characters[start + index])] : 0
                    if value == invalid { return nil }
                    group = group << 6 | UInt32(value)
                }
                let unused: UInt32 = skipped == 2 ? 0xFFFF : skipped == 1 ? 0xFF : 0
                if group & unused != 0 { return nil }
                bytes.writeInteger(UInt8(truncatingIfNeeded: group >> 16))
                if skipped < 2 { bytes.writeInteger(UInt8(truncatingIfNeeded: group >> 8)) }
                if skipped < 1 { bytes.writeInteger(UInt8(truncatingIfNeeded: group)) }
            }
            return bytes
        }
    }
}
