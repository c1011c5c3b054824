import NIOCore

/// Removes the mask of client frames (RFC 6455, section 5.3), up to 32 bytes at a time.
enum Masking {
    /// Unmasks the first readable bytes of a buffer in place.
    /// - Parameters:
    ///   - key: the masking key, first byte in the highest eight bits.
    ///   - buffer: the bytes; it holds at least `count`.
    ///   - count: length of the payload.
    ///   - inPlace: whether that is done even if other buffers share the bytes. If not, they are copied.
    /// - Returns: whether the payload is ASCII, so that text need not be checked again.
    static func apply(_ key: UInt32, to buffer: inout ByteBuffer, count: Int, inPlace: Bool) -> Bool {
        guard count > 0 else { return true }
        guard !inPlace else {
            return buffer.withUnsafeReadableBytes { bytes in
                // Memory of a buffer is always writable; asking the buffer for it would copy what is shared.
                let memory = UnsafeMutableRawBufferPointer(mutating: bytes)
                return apply(key, to: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
            }
        }
        return buffer.withUnsafeMutableReadableBytes { bytes in
            apply(key, to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
        }
    }

    private static func apply(_ key: UInt32, to payload: UnsafeMutableRawBufferPointer) -> Bool {
        let wide = (UInt64(key) << 32 | UInt64(key)).bigEndian
        let wider = SIMD4(repeating: wide)
        // All bytes together: the highest bit is set if it is in any of them.
        var blocks = SIMD4<UInt64>()
        var words: UInt64 = 0
        var index = 0
        while index + 32 <= payload.count {
            let block = payload.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self) ^ wider
            payload.storeBytes(of: block, toByteOffset: index, as: SIMD4<UInt64>.self)
            blocks |= block
            index += 32
        }
        while index + 8 <= payload.count {
            let word = payload.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
            payload.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            words |= word
            index += 8
        }
        while index < payload.count {
            payload[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index & 3)))
            words |= UInt64(payload[index])
            index += 1
        }
        words |= blocks[0] | blocks[1] | blocks[2] | blocks[3]
        return words & 0x8080_8080_8080_8080 == 0
    }
}
