import NIOCore

/// Removes the mask of client frames (RFC 6455, section 5.3), eight bytes at a time.
enum Masking {
    /// Unmasks the first readable bytes of a buffer in place.
    /// - Parameters:
    ///   - key: the masking key, first byte in the highest eight bits.
    ///   - buffer: the bytes; it holds at least `count`.
    ///   - count: length of the payload.
    static func apply(_ key: UInt32, to buffer: inout ByteBuffer, count: Int) {
        guard count > 0, key != 0 else { return }
        let wide = UInt64(key) << 32 | UInt64(key)
        buffer.withUnsafeMutableReadableBytes { bytes in
            let payload = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
            var index = 0
            while index + 8 <= count {
                let word = payload.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                payload.storeBytes(of: word ^ wide.bigEndian, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < count {
                payload[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index & 3)))
                index += 1
            }
        }
    }
}
