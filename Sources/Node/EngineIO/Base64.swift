package import NIOCore

/// The standard alphabet of base64 with padding (RFC 4648, section 4), which binary messages have over polling.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// Value of each character, 0xFF for those outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Appends the encoded form of some bytes.
    package static func encode(_ bytes: ByteBufferView, to buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: (bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                writeQuad(bits, padded: 0, to: &buffer)
                (bits, count) = (0, 0)
            }
        }
        if count > 0 { writeQuad(bits << (UInt32(3 - count) * 8), padded: 3 - count, to: &buffer) }
    }

    private static func writeQuad(_ bits: UInt32, padded: Int, to buffer: inout ByteBuffer) {
        let first = alphabet[Int(bits >> 18 & 63)]
        let second = alphabet[Int(bits >> 12 & 63)]
        let third = padded > 1 ? padding : alphabet[Int(bits >> 6 & 63)]
        let fourth = padded > 0 ? padding : alphabet[Int(bits & 63)]
        buffer.writeMultipleIntegers(first, second, third, fourth)
    }

    /// Decodes strictly: no white space, no other alphabet, padding where it belongs, no stray bits.
    /// - Parameter text: the encoded text.
    /// - Returns: `nil` if it is not base64.
    package static func decode(_ text: ByteBufferView) -> ByteBuffer? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let unpadded =
            text.last == padding ? (text.dropLast().last == padding ? text.dropLast(2) : text.dropLast()) : text
        var buffer = ByteBuffer()
        buffer.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in unpadded {
            let value = values[Int(character)]
            guard value != 0xFF else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                buffer.writeInteger(UInt8(truncatingIfNeeded: bits >> count))
                bits &= (1 << count) - 1
            }
        }
        return bits == 0 && count < 6 ? buffer : nil
    }
}
