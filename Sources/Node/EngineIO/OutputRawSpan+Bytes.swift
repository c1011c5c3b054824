extension OutputRawSpan {
    /// Appends bytes, for which there must be room.
    /// - Parameter bytes: what to append.
    package mutating func append(contentsOf bytes: RawSpan) {
        precondition(bytes.byteCount <= freeCapacity, "more bytes than announced")
        withUnsafeMutableBytes { space, count in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: space[count...]).copyMemory(from: $0) }
            count += bytes.byteCount
        }
    }

    /// Appends an integer, its most significant byte first, for which there must be room.
    /// - Parameter integer: what to append.
    mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(bigEndian integer: Integer) {
        precondition(MemoryLayout<Integer>.size <= freeCapacity, "more bytes than announced")
        withUnsafeMutableBytes { space, count in
            // Unlike `append(_:as:)` this does not ask for an aligned address.
            space.storeBytes(of: integer.bigEndian, toByteOffset: count, as: Integer.self)
            count += MemoryLayout<Integer>.size
        }
    }
}
