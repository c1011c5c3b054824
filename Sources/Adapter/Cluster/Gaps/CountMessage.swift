public import NIOCore

/// What nodes of ours say to each other on the channel of counts of a namespace, which Node.js peers do not read: text of
/// words and lines.
public enum CountMessage: Sendable, Equatable {
    /// `again`: whoever has been away asks everybody to announce all counts.
    case again
    /// `count <uid> <tag or -> <count>`, then, when everything is told, `all` and lines `<tag> <count>`.
    case counts(Counts)
    /// `end <uid>`: the publisher publishes nothing more.
    case end(uid: String)

    /// How much a publisher has published so far.
    public struct Counts: Sendable, Equatable {
        /// Of the publisher, in this namespace.
        public var uid: String
        /// Its node, if it has a tag.
        public var node: NodeTag?
        /// What went to everybody.
        public var everybody: UInt64
        /// What went to the inboxes of single nodes; `nil` when that is not told this time. A node that is not listed got
        /// nothing.
        public var inboxes: [NodeTag: UInt64]?

        /// Describes counts.
        /// - Parameters:
        ///   - uid: of the publisher.
        ///   - node: its node, if it has a tag.
        ///   - everybody: what went to everybody.
        ///   - inboxes: what went to single nodes; default is not to tell.
        public init(uid: String, node: NodeTag?, everybody: UInt64, inboxes: [NodeTag: UInt64]? = nil) {
            self.uid = uid
            self.node = node
            self.everybody = everybody
            self.inboxes = inboxes
        }
    }

    /// Longest message that is read: room for some thousand nodes.
    private static let sizeLimit = 256 << 10

    /// Encodes it.
    /// - Returns: the payload.
    public func encoded() -> ByteBuffer {
        switch self {
        case .again: return ByteBuffer(string: "again")
        case .end(let uid): return ByteBuffer(string: "end \(uid)")
        case .counts(let counts):
            var buffer = ByteBuffer(string: "count \(counts.uid) \(counts.node?.text ?? "-") \(counts.everybody)")
            guard let inboxes = counts.inboxes else { return buffer }
            buffer.writeString("\nall")
            for (tag, count) in inboxes { buffer.writeString("\n\(tag) \(count)") }
            return buffer
        }
    }

    /// Decodes what another node published.
    /// - Parameter payload: as received; `nil` for what is malformed.
    public init?(_ payload: ByteBuffer) {
        guard payload.readableBytes <= Self.sizeLimit else { return nil }
        let lines = String(buffer: payload).split(separator: "\n" as Character)
        let words = (lines.first ?? "").split(separator: " " as Character)
        switch (words.first, words.count) {
        case ("again", 1): self = .again
        case ("end", 2): self = .end(uid: String(words[1]))
        case ("count", 4):
            guard let count = UInt64(words[3]) else { return nil }
            let inboxes = lines.dropFirst().first == "all" ? Self.inboxes(lines.dropFirst(2)) : nil
            self = .counts(
                Counts(uid: String(words[1]), node: NodeTag(words[2]), everybody: count, inboxes: inboxes))
        default: return nil
        }
    }

    /// Lines `<tag> <count>`; those of another form are left out.
    private static func inboxes(_ lines: ArraySlice<Substring>) -> [NodeTag: UInt64] {
        var inboxes: [NodeTag: UInt64] = [:]
        for line in lines {
            let words = line.split(separator: " " as Character)
            guard words.count == 2, let tag = NodeTag(words[0]), let count = UInt64(words[1]) else { continue }
            inboxes[tag] = count
        }
        return inboxes
    }
}
