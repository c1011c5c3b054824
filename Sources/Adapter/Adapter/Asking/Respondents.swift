import Cluster

/// The other nodes that one question concerns: whose answers are waited for, and who will not answer.
struct Respondents: Sendable, Equatable {
    /// Members, which sign their answers.
    private(set) var members: Set<NodeTag>
    /// How many others are waited for: servers of another kind, or members that were not known yet.
    private(set) var others: Int
    /// Who is not waited for (any more).
    private(set) var silent: [SilentNode]

    /// A node as the bus sees it.
    struct Sighting: Sendable {
        var tag: NodeTag
        var isLiving: Bool
        /// Whether it is subscribed to answers for it: then it is one of those that are counted.
        var isSubscribed: Bool
    }

    /// Tells those who answer from those who are there but will not.
    /// - Parameters:
    ///   - count: how many other nodes are subscribed, of any kind.
    ///   - sightings: the other members, living and lost.
    init(count: Int, sightings: [Sighting] = []) {
        let seen = sightings.filter(\.isSubscribed).prefix(max(0, count))
        members = Set(seen.filter(\.isLiving).map(\.tag))
        silent = seen.filter { !$0.isLiving }.map { SilentNode(tag: $0.tag, reason: .leaseOver) }
        others = max(0, count - members.count - silent.count)
    }

    /// Nobody can be asked at present.
    /// - Parameters:
    ///   - count: how many others there were last.
    ///   - living: the members among them.
    init(unreachable count: Int, living: Set<NodeTag> = []) {
        (members, others) = (living, max(0, count - living.count))
        silent = []
        giveUp(.linkDown)
    }

    /// How many are waited for.
    var count: Int { members.count + others }
    /// Whether nobody is waited for.
    var isEmpty: Bool { count == 0 }

    /// A node answered.
    /// - Parameter tag: its signature, if it is a member.
    /// - Returns: whether it was waited for.
    mutating func answered(by tag: NodeTag?) -> Bool {
        if let tag, members.remove(tag) != nil { return true }
        guard others > 0 else { return false }
        others -= 1
        return true
    }

    /// A node is gone.
    /// - Returns: whether it was waited for.
    @discardableResult
    mutating func lost(_ tag: NodeTag) -> Bool {
        guard members.remove(tag) != nil else { return false }
        silent.append(SilentNode(tag: tag, reason: .leaseOver))
        return true
    }

    /// Those who are waited for will not answer.
    mutating func giveUp(_ reason: SilentNode.Reason) {
        silent += members.sorted { $0.text < $1.text }.map { SilentNode(tag: $0, reason: reason) }
        silent += Array(repeating: SilentNode(tag: nil, reason: reason), count: others)
        (members, others) = ([], 0)
    }
}
