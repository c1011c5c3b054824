extension RawSpan {
    /// The integer at an offset, its most significant byte first; `nil` if it is not all inside.
    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Integer.Type) -> Integer? {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Integer>.size else { return nil }
        return Integer(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The first offset of a byte; `nil` if it does not occur.
    ///
    /// Looks at 8 bytes at a time: in each byte of a word the highest bit is set where the byte is the one that is looked
    /// for. A borrow can set it wrongly, but only behind the first true one.
    func offset(of byte: UInt8) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var offset = 0
        while offset + 8 <= byteCount {
            let word = UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let differences = word ^ (ones &* UInt64(byte))
            let matches = (differences &- ones) & ~differences & tops
            if matches != 0 { return offset + matches.trailingZeroBitCount >> 3 }
            offset += 8
        }
        while offset < byteCount {
            if unsafeLoad(fromByteOffset: offset, as: UInt8.self) == byte { return offset }
            offset += 1
        }
        return nil
    }
}
