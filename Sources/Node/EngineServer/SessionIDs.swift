/// Makes and reads session ids: `<node tag, 6 characters><shard, 1 character><16 random characters>`, all of the
/// URL-safe alphabet of base64. A gateway routes by the tag, a node by the shard; 96 random bits make an id a secret.
struct SessionIDs: Sendable {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let tagLength = 6
    private static let randomLength = 16
    /// What each byte stands for, by its number: 6 bits; more than that is no character of the alphabet.
    private static let values = alphabet.indices.reduce(into: [UInt8](repeating: .max, count: 256)) { values, value in
        values[Int(alphabet[value])] = UInt8(value)
    }

    private let tag: [UInt8]

    init(nodeTag: String) {
        tag = Array(nodeTag.utf8)
        precondition(
            tag.count == Self.tagLength && tag.allSatisfy(Self.alphabet.contains),
            "a node tag has 6 characters of the URL-safe alphabet: \(nodeTag)")
    }

    /// The id of a session.
    /// - Parameters:
    ///   - key: what tells it from others of its shard.
    ///   - shard: its shard.
    /// - Returns: the id.
    func id(of key: SessionKey, shard: Int) -> String {
        String(unsafeUninitializedCapacity: Self.tagLength + 1 + Self.randomLength) { text in
            for (index, character) in tag.enumerated() { text[index] = character }
            text[Self.tagLength] = Self.alphabet[shard]
            for index in 0..<Self.randomLength {
                let number = index < 8 ? key.first : key.second
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

    /// The session that an id names in its shard.
    /// - Parameter id: an id that ``shard(of:shardCount:)`` found the shard of.
    /// - Returns: `nil` if it cannot be an id.
    func key(of id: String) -> SessionKey? {
        var numbers = (UInt64(0), UInt64(0))
        var index = 0
        for character in id.utf8.dropFirst(Self.tagLength + 1) {
            let value = UInt64(Self.values[Int(character)])
            guard value < 64, index < Self.randomLength else { return nil }
            if index < 8 { numbers.0 |= value << (index * 6) } else { numbers.1 |= value << ((index - 8) * 6) }
            index += 1
        }
        return index == Self.randomLength ? SessionKey(random: numbers) : nil
    }
}
