/// Makes and reads session ids: `<node tag, 6 characters><shard, 1 character><16 random characters>`, all of the
/// URL-safe alphabet of base64. A gateway routes by the tag, a node by the shard; 96 random bits make an id a secret.
struct SessionIDs: Sendable {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let tagLength = 6
    private static let randomLength = 16

    private let tag: [UInt8]

    init(nodeTag: String) {
        tag = Array(nodeTag.utf8)
        precondition(
            tag.count == Self.tagLength && tag.allSatisfy(Self.alphabet.contains),
            "a node tag has 6 characters of the URL-safe alphabet: \(nodeTag)")
    }

    /// A new id.
    /// - Parameters:
    ///   - shard: the shard that it names.
    ///   - random: two random numbers, of which it takes 48 bits each.
    /// - Returns: the id.
    func make(shard: Int, random: (UInt64, UInt64)) -> String {
        String(unsafeUninitializedCapacity: Self.tagLength + 1 + Self.randomLength) { text in
            for (index, character) in tag.enumerated() { text[index] = character }
            text[Self.tagLength] = Self.alphabet[shard]
            for index in 0..<Self.randomLength {
                let number = index < 8 ? random.0 : random.1
                text[Self.tagLength + 1 + index] = Self.alphabet[Int(number >> (UInt64(index % 8) * 6) & 63)]
            }
            return Self.tagLength + 1 + Self.randomLength
        }
    }

    /// The shard that an id names.
    /// - Parameters:
    ///   - id: an id as a client sent it.
    ///   - shardCount: how many shards there are.
    /// - Returns: `nil` if it cannot be an id of this node.
    func shard(of id: String, shardCount: Int) -> Int? {
        let bytes = id.utf8
        guard bytes.count == Self.tagLength + 1 + Self.randomLength, bytes.starts(with: tag),
            let shard = Self.alphabet.firstIndex(of: bytes[bytes.index(bytes.startIndex, offsetBy: Self.tagLength)])
        else { return nil }
        return shard < shardCount ? shard : nil
    }
}
