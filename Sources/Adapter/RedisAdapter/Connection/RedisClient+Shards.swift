public import NIOCore

extension RedisClient {
    /// Publishes on a shard channel (`SPUBLISH`, Redis 7), and asks nothing back. Kept, or dropped and counted, while Redis
    /// cannot be reached. In a Redis Cluster it goes to the owner of the channel's slot. Only those get it who have subscribed to it as a shard channel.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    public func publish(shard channel: String, _ payload: ByteBuffer) {
        guard let cluster else { return post("SPUBLISH", channel, payload) }
        cluster.publish(shard: channel, payload)
    }

    /// Publishes one event on several shard channels; as one step, if it is appended to a journal.
    func publish(shard publications: [(channel: String, payload: ByteBuffer)]) {
        guard let cluster else { return post("SPUBLISH", publications) }
        for (channel, payload) in publications { cluster.publish(shard: channel, payload) }
    }

    /// Subscribes to a shard channel (`SSUBSCRIBE`), now and after every reconnection. What is subscribed and ended again
    /// within one tick is not asked of Redis at all, the rest goes out in few commands.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: replaces an earlier one of the same shard channel.
    public func subscribe(shard channel: String, _ subscriber: @escaping Subscriber) {
        onLoop { $0.subscribe(shard: channel, subscriber) }
    }

    /// Ends a subscription of a shard channel.
    /// - Parameter channel: its exact name.
    public func unsubscribe(shard channel: String) {
        onLoop { $0.unsubscribe(shard: channel) }
    }

    /// How many connections are subscribed to each of some channels by their exact names (`PUBSUB NUMSUB`), at all servers
    /// of a Redis Cluster together.
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when Redis cannot be reached.
    public func subscriberCounts(_ channels: [String]) async -> [Int]? {
        let question: [RedisArgument] = ["PUBSUB", "NUMSUB"] + channels.map { .text($0) }
        guard let replies = try? await command(question, at: cluster?.servers ?? []) else { return nil }
        let counts = replies.compactMap { Self.counts($0, of: channels) }
        guard let first = counts.first else { return nil }
        return counts.dropFirst().reduce(first) { sums, counts in zip(sums, counts).map { $0 + $1 } }
    }

    /// How many connections are subscribed to each of some shard channels (`PUBSUB SHARDNUMSUB`).
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when Redis, or the owner of one of them, cannot be reached.
    public func subscriberCounts(shard channels: [String]) async -> [Int]? {
        guard cluster != nil else {
            let reply = try? await command(["PUBSUB", "SHARDNUMSUB"] + channels.map { .text($0) })
            return reply.flatMap { Self.counts($0, of: channels) }
        }
        let results = channels.map { channel in
            let result = loop.makePromise(of: Int?.self)
            command(["PUBSUB", "SHARDNUMSUB", .text(channel)]) { reply in
                result.succeed((try? reply.get()).flatMap { Self.counts($0, of: [channel])?.first })
            }
            return result.futureResult
        }
        let counts = (try? await EventLoopFuture.whenAllSucceed(results, on: loop).get())?.compactMap { $0 }
        return counts?.count == channels.count ? counts : nil
    }

    /// Redis answers with name and number of each channel in turn.
    private static func counts(_ reply: RedisReply, of channels: [String]) -> [Int]? {
        guard let elements = reply.array, elements.count == channels.count * 2 else { return nil }
        return stride(from: 1, to: elements.count, by: 2).map { Int(elements[$0].integer ?? 0) }
    }
}
