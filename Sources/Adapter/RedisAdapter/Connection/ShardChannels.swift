/// The shard channels that are wanted, and those that Redis has been asked for on the present connection.
///
/// Rooms come and go much faster than other subscriptions. So changes are collected: only what differs in the end is
/// asked of Redis, many channels in one command. However often a channel changes, it waits once.
struct ShardChannels {
    /// Channels of one command, so that none of them keeps Redis for long.
    private static let largestBatch = 500

    private struct Entry {
        /// `nil` when the channel is not wanted any more.
        var handler: SubscriptionLink.Handler?
        var isAsked = false
        /// Whether it waits in ``changed``.
        var isChanged = false
    }

    /// In a Redis Cluster the channels of one command would have to share a slot: each gets its own.
    private let batch: Int
    private var entries: [String: Entry] = [:]
    private var changed: [String] = []

    /// - Parameter isCluster: whether it is for a server of a Redis Cluster.
    init(isCluster: Bool = false) {
        batch = isCluster ? 1 : Self.largestBatch
    }

    /// Who gets what is published on a channel.
    func handler(of channel: String) -> SubscriptionLink.Handler? { entries[channel]?.handler }

    /// A channel is wanted, or not any more; a second handler replaces the first.
    /// - Returns: whether this is the first change since the last ``changes()``.
    mutating func set(_ channel: String, _ handler: SubscriptionLink.Handler?) -> Bool {
        guard handler != nil || entries[channel] != nil else { return false }
        var entry = entries[channel] ?? Entry()
        entry.handler = handler
        guard !entry.isChanged, (handler != nil) != entry.isAsked else {
            entries[channel] = entry
            return false
        }
        entry.isChanged = true
        entries[channel] = entry
        changed.append(channel)
        return changed.count == 1
    }

    /// What is to be said to Redis about the changes.
    mutating func changes() -> [[RedisArgument]] {
        var (new, old): ([String], [String]) = ([], [])
        for channel in changed {
            guard var entry = entries[channel] else { continue }
            let isWanted = entry.handler != nil
            if isWanted, !entry.isAsked { new.append(channel) }
            if !isWanted, entry.isAsked { old.append(channel) }
            (entry.isAsked, entry.isChanged) = (isWanted, false)
            entries[channel] = isWanted ? entry : nil
        }
        changed = []
        return commands("SUNSUBSCRIBE", old) + commands("SSUBSCRIBE", new)
    }

    /// A connection was made: everything that is wanted is to be asked for.
    mutating func connected() -> [[RedisArgument]] {
        disconnected()
        for channel in entries.keys {
            entries[channel]?.isChanged = true
            changed.append(channel)
        }
        return changes()
    }

    /// Redis does not, or does no longer, have these channels for us: ``set(_:_:)`` asks for them again.
    mutating func forget(_ isForgotten: (String) -> Bool) {
        for (channel, entry) in entries where entry.isAsked && isForgotten(channel) {
            entries[channel]?.isAsked = false
        }
    }

    /// The connection is gone, and with it what was asked for.
    mutating func disconnected() {
        changed = []
        entries = entries.compactMapValues { $0.handler.map { Entry(handler: $0) } }
    }

    private func commands(_ name: RedisArgument, _ channels: [String]) -> [[RedisArgument]] {
        stride(from: 0, to: channels.count, by: batch).map { start in
            [name] + channels[start..<min(start + batch, channels.count)].map { .text($0) }
        }
    }
}
