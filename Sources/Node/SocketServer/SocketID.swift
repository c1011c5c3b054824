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
        guard let bytes = routed(id.utf8), bytes.starts(with: tag.text.utf8) else { return nil }
        let character = bytes[bytes.index(bytes.startIndex, offsetBy: NodeTag.length)]
        guard let shard = NodeTag.alphabet.firstIndex(of: character), shard < count else { return nil }
        return shard
    }

    /// The part of an id that begins with tag and shard.
    private static func routed(_ id: String.UTF8View) -> Substring.UTF8View? {
        switch id.count {
        case length, sessionIDLength: return id[...]
        case (sessionIDLength + 2)...:
            let sessionID = id.suffix(sessionIDLength)
            let isSocketID = id.first == UInt8(ascii: "/") && id[..<sessionID.startIndex].last == UInt8(ascii: "#")
            return isSocketID ? sessionID : nil
        default: return nil
        }
    }
}
