/// Takes the mask off a client's payload. Source: RFC 6455, section 5.3.
enum Masking {
    /// Removes a mask in place, eight bytes at a time.
    /// - Parameters:
    ///   - bytes: the payload.
    ///   - key: the masking key, its first byte lowest.
    /// - Returns: whether all bytes are ASCII, which is known for nothing here.
    static func unmask(_ bytes: UnsafeMutableRawBufferPointer, key: UInt32) -> Bool {
        let wideKey = UInt64(key) << 32 | UInt64(key)
        var seen: UInt64 = 0
        var index = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ wideKey
            bytes.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
            seen |= word
            index += 8
        }
        var key = wideKey
        while index < bytes.count {
            let byte = bytes[index] ^ UInt8(truncatingIfNeeded: key)
            bytes[index] = byte
            seen |= UInt64(byte)
            key >>= 8
            index += 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }
}
