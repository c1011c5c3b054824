import Cluster

/// Ids of sockets: `<node tag, 6><shard, 1><random, 13>`, 20 characters of the id alphabet (78 random bits).
///
/// Any thread can tell from an id whether the socket is ours and which loop it lives on (architecture, section 4).
///
/// Clients of protocol 4 make the ids themselves: in the main namespace it is the session id, `<node tag, 6><shard, 1>
/// <random, 16>`, in others `<namespace>#<session id>`.
enum SocketID {
    static let length = 20
    private static let sessionIDLength = 23

    /// Draws an id.
    static func make(tag: NodeTag, shard: Int, using generator: inout some RandomNumberGenerator) -> String {
        String(unsafeUninitializedCapacity: length) { bytes in
            var end = bytes.initialize(fromContentsOf: tag.text.utf8)
            bytes.initializeElement(at: end, to: NodeTag.alphabet[shard % 64])
            end += 1
            var random: UInt64 = 0
            for position in end..<length {
                // One draw of 64 bits serves ten characters.
                if (position - end) % 10 == 0 { random = generator.next() }
                bytes.initializeElement(at: position, to: NodeTag.alphabet[Int(random & 63)])
                random >>= 6
            }
            return length
        }
    }

    /// The id of a client of protocol 4.
    static func make(protocol4 sessionID: String, namespace: String) -> String {
        namespace == "/" ? sessionID : "\(namespace)#\(sessionID)"
    }

    /// The shard of an id.
    /// - Returns: the index of its loop, or `nil` if the text is not a socket id of this node.
    static func shard(of id: String, tag: NodeTag, count: Int) -> Int? {
        let (bytes, tag) = (id.utf8Span.span, tag.text.utf8Span.span)
        guard let start = routed(bytes), start + tag.count < bytes.count else { return nil }
        for offset in 0..<tag.count where bytes[start + offset] != tag[offset] { return nil }
        guard let shard = NodeTag.index(of: bytes[start + tag.count]), shard < count else { return nil }
        return shard
    }

    /// Where the part of an id begins that has tag and shard.
    private static func routed(_ id: Span<UInt8>) -> Int? {
        switch id.count {
        case length, sessionIDLength: return 0
        case (sessionIDLength + 2)...:
            let start = id.count - sessionIDLength
            return id[0] == UInt8(ascii: "/") && id[start - 1] == UInt8(ascii: "#") ? start : nil
        default: return nil
        }
    }
}
