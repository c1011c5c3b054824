import EngineIO

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
                let characters = index < 8 ? key.first : key.second
                text[Self.tagLength + 1 + index] = UInt8(truncatingIfNeeded: characters >> (UInt64(index % 8) * 8))
            }
            return Self.length
        }
    }

    /// What an id says.
    /// - Parameters:
    ///   - id: an id as a client sent it.
    ///   - shardCount: how many shards there are.
    /// - Returns: `nil` if it cannot be an id of this node.
    func address(of id: SessionID, shardCount: Int) -> SessionAddress? {
        guard id.count == Self.length else { return nil }
        let bytes = id.bytes.span
        let tag = tag.span
        for index in 0..<Self.tagLength where bytes[index] != tag[index] { return nil }
        let shard = Int(Self.values.span[Int(bytes[Self.tagLength])])
        guard shard < shardCount else { return nil }
        let key = withUnsafeBytes(of: id.bytes) { bytes in
            let first = bytes.loadUnaligned(fromByteOffset: Self.tagLength + 1, as: UInt64.self)
            let second = bytes.loadUnaligned(fromByteOffset: Self.tagLength + 9, as: UInt64.self)
            return SessionKey(first: UInt64(littleEndian: first), second: UInt64(littleEndian: second))
        }
        return SessionAddress(shard: shard, key: key)
    }
}
