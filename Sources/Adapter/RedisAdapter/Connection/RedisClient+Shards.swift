public import NIOCore

extension RedisClient {
    /// Publishes on a shard channel (`SPUBLISH`, Redis 7), and asks nothing back. Dropped and counted while Redis cannot
    /// be reached. Only those get it who have subscribed to it as a shard channel.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    public func publish(shard channel: String, _ payload: ByteBuffer) {
        if case .first = queue.appendPublication(["SPUBLISH", .text(channel), .bytes(payload)]) { wake() }
    }

    /// Subscribes to a shard channel (`SSUBSCRIBE`), now and after every reconnection. What is subscribed and ended again
    /// within one tick is not asked of Redis at all, the rest goes out in few commands.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: replaces an earlier one of the same shard channel.
    public func subscribe(shard channel: String, _ subscriber: @escaping Subscriber) {
        onLoop { $0.subscriptions.subscribe(shard: channel, subscriber) }
    }

    /// Ends a subscription of a shard channel.
    /// - Parameter channel: its exact name.
    public func unsubscribe(shard channel: String) {
        onLoop { $0.subscriptions.unsubscribe(shard: channel) }
    }

    /// How many connections are subscribed to each of some channels by their exact names (`PUBSUB NUMSUB`).
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when Redis cannot be reached.
    public func subscriberCounts(_ channels: [String]) async -> [Int]? {
        await counts("NUMSUB", channels)
    }

    /// How many connections are subscribed to each of some shard channels (`PUBSUB SHARDNUMSUB`).
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when Redis cannot be reached.
    public func subscriberCounts(shard channels: [String]) async -> [Int]? {
        await counts("SHARDNUMSUB", channels)
    }

    /// Redis answers with name and number of each channel in turn.
    private func counts(_ subcommand: RedisArgument, _ channels: [String]) async -> [Int]? {
        let reply = try? await command(["PUBSUB", subcommand] + channels.map { .text($0) })
        guard let elements = reply?.array, elements.count == channels.count * 2 else { return nil }
        return stride(from: 1, to: elements.count, by: 2).map { Int(elements[$0].integer ?? 0) }
    }
}
