/// Makes and reads session ids: `<node tag, 6 characters><shard, 1 character><16 random characters>`, all of the
/// URL-safe alphabet of base64. A gateway routes by the tag, a node by the shard; 96 random bits make an id a secret.
struct SessionIDs: Sendable {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let tagLength = 6
    private static let randomLength = 16
    private static let length = tagLength + 1 + randomLength
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
        String(unsafeUninitializedCapacity: Self.length) { text in
            for (index, character) in tag.enumerated() { text[index] = character }
            text[Self.tagLength] = Self.alphabet[shard]
            for index in 0..<Self.randomLength {
                let number = index < 8 ? key.first : key.second
                text[Self.tagLength + 1 + index] = Self.alphabet[Int(number >> (UInt64(index % 8) * 6) & 63)]
            }
            return Self.length
        }
    }

    /// What an id says.
    /// - Parameters:
    ///   - id: an id as a client sent it.
    ///   - shardCount: how many shards there are.
    /// - Returns: `nil` if it cannot be an id of this node.
    func address(of id: String, shardCount: Int) -> SessionAddress? {
        guard let shard = shard(of: id, shardCount: shardCount), let key = key(of: id) else { return nil }
        return SessionAddress(shard: shard, key: key)
    }

    /// The shard that an id names.
    /// - Parameters:
    ///   - id: an id as a client sent it.
    ///   - shardCount: how many shards there are.
    /// - Returns: `nil` if it cannot be an id of this node.
    func shard(of id: String, shardCount: Int) -> Int? {
        let bytes = id.utf8Span.span
        guard bytes.count == Self.length else { return nil }
        for index in 0..<Self.tagLength where bytes[index] != tag[index] { return nil }
        let shard = Int(Self.values[Int(bytes[Self.tagLength])])
        return shard < shardCount ? shard : nil
    }

    /// The session that an id names in its shard.
    /// - Parameter id: an id that ``shard(of:shardCount:)`` found the shard of.
    /// - Returns: `nil` if it cannot be an id.
    func key(of id: String) -> SessionKey? {
        let bytes = id.utf8Span.span
        guard bytes.count == Self.length else { return nil }
        let values = Self.values
        var numbers = (UInt64(0), UInt64(0))
        for index in 0..<8 {
            let first = values[Int(bytes[Self.tagLength + 1 + index])]
            let second = values[Int(bytes[Self.tagLength + 9 + index])]
            guard first < 64, second < 64 else { return nil }
            numbers.0 |= UInt64(first) << UInt64(index * 6)
            numbers.1 |= UInt64(second) << UInt64(index * 6)
        }
        return SessionKey(random: numbers)
    }
}
