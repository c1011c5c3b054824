/// Checks that bytes are UTF-8, in pieces: a character may be cut between two fragments of a message.
/// Source: RFC 3629, section 4, and RFC 6455, section 8.1.
package struct UTF8Validator: Sendable {
    /// Continuation bytes still to come of the current character.
    private var missing = 0
    /// What the next continuation byte may be; narrower behind some first bytes (no overlong forms, no surrogates,
    /// nothing over U+10FFFF).
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    package init() {}

    /// Whether the bytes so far end with a complete character.
    package var isAtBoundary: Bool { missing == 0 }

    /// Checks the next piece.
    /// - Parameter bytes: contiguous bytes.
    /// - Returns: `false` if they cannot be part of UTF-8 text; then the validator is of no use any more.
    package mutating func accepts(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable { accepts(UnsafeRawBufferPointer($0)) } ?? accepts(Array(bytes))
    }

    /// Checks the next piece.
    /// - Parameter bytes: the bytes.
    /// - Returns: `false` if they cannot be part of UTF-8 text.
    package mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                // Nearly all text is ASCII: eight bytes at a time.
                while index + 8 <= bytes.count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                guard index < bytes.count else { return true }
            }
            guard accepts(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    private mutating func accepts(_ byte: UInt8) -> Bool {
        guard missing == 0 else {
            guard allowed.contains(byte) else { return false }
            missing -= 1
            allowed = 0x80...0xBF
            return true
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { allowed = 0xA0...0xBF } else if byte == 0xED { allowed = 0x80...0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { allowed = 0x90...0xBF } else if byte == 0xF4 { allowed = 0x80...0x8F }
        default: return false
        }
        return true
    }
}
