/// Finds out which publications of others did not arrive, by counting.
///
/// What Node.js peers of the classic format read cannot carry a number of ours. So publishers count in silence and announce now
/// and then, by the same road, how many publications there were so far; in the sharded format each publication announces how
/// many came before it. A receiver counts what comes from each publisher from its first
/// announcement on; when a later one tells of more than came, the rest is lost. Whatever is published between the two
/// moments of counting and announcing only makes the receiver's count the greater, so that nothing is ever reported that
/// was not lost; at the next announcement of a quiet moment nothing that was lost is missing.
///
/// A publisher that starts anew has a new ``PublisherID``. One that begins a count again, because it had forgotten the old one,
/// says so with a greater ``PublicationCount/since``.
public struct PublicationTracker: Sendable {
    /// What an announcement brings to light.
    public enum Finding: Sendable, Equatable {
        /// The first announcement of this publisher: from here on its publications are counted.
        case began
        /// Nothing was lost.
        case complete
        /// So many publications did not arrive.
        case missed(Int)
    }

    private struct Publisher {
        var seen: UInt64
        var since: UInt64
        var node: NodeTag?
        /// Number of the last announcement, of any publisher.
        var heard: UInt64
    }

    private var publishers: [PublisherID: Publisher] = [:]
    private var announcements: UInt64 = 0
    private let limit: Int

    /// Creates a tracker that knows nobody.
    /// - Parameter limit: most publishers; beyond, the one that has been silent for longest is forgotten. Default 4,096.
    public init(limit: Int = 4_096) {
        self.limit = max(1, limit)
    }

    /// A publication came.
    /// - Parameter publisher: whose; one that has announced nothing yet is not counted.
    public mutating func received(from publisher: PublisherID) {
        publishers[publisher]?.seen &+= 1
    }

    /// A publisher tells how much it has published so far.
    /// - Parameters:
    ///   - count: its number of publications, all of them sent before this was said.
    ///   - publisher: who says so.
    ///   - node: its node, if that is told this time.
    ///   - since: which of its counts it is; of one that it has ended nothing is to be learnt. Default 0, for publishers
    ///     that begin no second one.
    /// - Returns: what that brings to light.
    public mutating func announced(
        _ count: UInt64, by publisher: PublisherID, of node: NodeTag? = nil, since: UInt64 = 0
    ) -> Finding {
        announcements &+= 1
        let known = publishers[publisher]
        if let known, known.since > since { return .complete }
        if known == nil { makeRoom() }
        // Of a count that was begun later than the one that is known, everything should have come.
        let seen = known.map { $0.since == since ? $0.seen : 0 } ?? count
        publishers[publisher] = Publisher(
            seen: max(seen, count), since: since, node: node ?? known?.node, heard: announcements)
        guard known != nil else { return .began }
        return count > seen ? .missed(Int(clamping: count - seen)) : .complete
    }

    /// The node of a publisher.
    /// - Parameter publisher: who.
    /// - Returns: its node, if it has told it.
    public func node(of publisher: PublisherID) -> NodeTag? { publishers[publisher]?.node }

    /// A publisher has ended.
    /// - Parameter publisher: who.
    public mutating func ended(_ publisher: PublisherID) {
        publishers[publisher] = nil
    }

    private mutating func makeRoom() {
        guard publishers.count >= limit else { return }
        if let silent = publishers.min(by: { $0.value.heard < $1.value.heard })?.key { publishers[silent] = nil }
    }
}
