/// One of the 16,384 parts that the keys and shard channels of a Redis Cluster are divided into (Redis Cluster
/// specification, "Key distribution model").
struct HashSlot: Hashable {
    static let count = 16_384
    /// 0 to 16383.
    let number: Int

    /// A slot by its number.
    init?(_ number: Int) {
        guard (0..<Self.count).contains(number) else { return nil }
        self.number = number
    }

    /// The slot of a key: CRC16 (XMODEM) of its bytes, or of those between the first `{` and the next `}` if there are
    /// any, so that keys with the same hash tag share a slot.
    init(of key: String) {
        var key = key
        number = key.withUTF8 { bytes in Int(Self.crc16(Self.tag(bytes)) & 0x3fff) }
    }

    private static func tag(_ bytes: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return bytes[...] }
        let rest = bytes[bytes.index(after: open)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex else { return bytes[...] }
        return rest[..<close]
    }

    private static func crc16(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16 {
        bytes.reduce(0) { crc, byte in (crc << 8) ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)] }
    }

    /// What each byte does to the checksum, by the polynomial 0x1021.
    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
    }
}
