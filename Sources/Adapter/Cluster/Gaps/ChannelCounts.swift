/// How much one node has published on each of its channels, for as long as it remembers them.
///
/// Rooms come and go, and whoever publishes is not told when the last receiver has gone. So a channel is forgotten when
/// nothing was published on it between two calls of ``age()``, or when there are too many; what is published there later is
/// counted anew, under a greater ``PublicationCount/since``.
public struct ChannelCounts: Sendable {
    private var recent: [String: PublicationCount] = [:]
    /// Of the time before the last ``age()``.
    private var older: [String: PublicationCount] = [:]
    private var lastStart: UInt64
    private let permanent: String
    private let limit: Int

    /// Creates counts of one channel.
    /// - Parameters:
    ///   - permanent: the channel that is never forgotten.
    ///   - start: greater than all that a publisher of the same name has used, so that it counts nothing twice.
    ///   - limit: half of the most channels that are remembered. Default 4,096.
    public init(permanent: String, start: UInt64, limit: Int = 4_096) {
        self.permanent = permanent
        self.limit = max(1, limit)
        lastStart = start
        recent[permanent] = PublicationCount(since: start, published: 0)
    }

    /// How much was published on a channel so far; it counts as used.
    /// - Parameter channel: any.
    /// - Returns: its count; a new one, of nothing, if the channel is not known.
    public mutating func count(on channel: String) -> PublicationCount {
        if let known = recent[channel] { return known }
        let count = older.removeValue(forKey: channel) ?? started()
        if recent.count >= limit { age() }
        recent[channel] = count
        return count
    }

    /// Something was published.
    /// - Parameters:
    ///   - channel: where.
    ///   - count: what ``count(on:)`` said before; one that was begun anew meanwhile is left as it is.
    public mutating func published(on channel: String, after count: PublicationCount) {
        guard self.count(on: channel).since == count.since else { return }
        recent[channel]?.published &+= 1
    }

    /// Forgets the channels that have not been used since the last call.
    public mutating func age() {
        let kept = recent.removeValue(forKey: permanent) ?? older[permanent]
        older = recent
        recent = kept.map { [permanent: $0] } ?? [:]
    }

    /// The counts of the channels that were used last.
    /// - Parameter limit: most of them.
    /// - Returns: channels and counts.
    public func latest(_ limit: Int) -> [(channel: String, count: PublicationCount)] {
        [recent, older].joined().prefix(limit).map { ($0.key, $0.value) }
    }

    /// Whether there is nothing to forget.
    public var isAged: Bool { older.isEmpty && recent.count <= 1 }

    private mutating func started() -> PublicationCount {
        lastStart &+= 1
        return PublicationCount(since: lastStart, published: 0)
    }
}
