extension NodeTag {
    /// What the sender ids of our nodes end with: `sb`, for the eye.
    private static let signature = "7362"

    /// The sender id of this node in messages of the sharded format: 16 hexadecimal digits, as the peers have them.
    public var shardedUID: String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + Self.signature
    }

    /// The node that a sender id is of.
    /// - Parameter uid: any sender id; one that is not of a node of ours gives `nil`.
    public init?(shardedUID uid: String) {
        guard uid.utf8.count == Self.length * 2 + Self.signature.utf8.count, uid.hasSuffix(Self.signature)
        else { return nil }
        var bytes: [UInt8] = []
        var digits = uid.utf8.prefix(Self.length * 2)
        while let high = digits.popFirst(), let low = digits.popFirst() {
            guard let byte = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
