public import Adapter
public import NIOCore

/// Redis' publish and subscribe as the bus between nodes.
public struct RedisBus: PrefixBus {
    private let redis: RedisClient
    private let returns: ReturnHandlers

    /// Creates a bus.
    /// - Parameter redis: carries it. One bus for each client: a channel has one subscriber.
    public init(_ redis: RedisClient) {
        self.redis = redis
        returns = ReturnHandlers(redis)
    }

    /// Publishes; kept, or dropped and counted, while Redis cannot be reached, as ``RedisConfiguration/outage`` says.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    public func publish(_ channel: String, _ payload: ByteBuffer) {
        redis.publish(channel, payload)
    }

    /// Publishes one event on several channels; as one, if it is appended to a journal.
    /// - Parameter publications: channels and what each of them gets.
    public func publish(_ publications: [(channel: String, payload: ByteBuffer)]) {
        redis.publish(publications)
    }

    /// Subscribes to one channel, now and after every reconnection.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: called on the event loop of the client.
    /// - Returns: a way to end it.
    @discardableResult
    public func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        redis.subscribe(channel, subscriber)
        return BusSubscription { [redis] in redis.unsubscribe(channel) }
    }

    /// Subscribes to all channels whose names begin with a prefix, now and after every reconnection.
    /// - Parameters:
    ///   - prefix: taken literally.
    ///   - subscriber: called on the event loop of the client.
    /// - Returns: a way to end it.
    @discardableResult
    public func subscribe(prefix: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        var pattern = ""
        for character in prefix {
            if "*?[]\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        pattern.append("*")
        redis.patternSubscribe(pattern, subscriber)
        return BusSubscription { [redis, pattern] in redis.unsubscribe(pattern) }
    }

    /// Asks to be told whenever both connections are there again and everything is subscribed, also for the first time.
    /// - Parameter handler: called on the event loop of the client.
    /// - Returns: a way to end it.
    public func onReturn(_ handler: @escaping @Sendable () -> Void) -> BusSubscription {
        returns.add(handler)
    }

    /// How many nodes are subscribed to each of some channels by their exact names (`PUBSUB NUMSUB`), at
    /// all servers of a Redis Cluster together.
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when Redis cannot be reached.
    public func subscriberCounts(_ channels: [String]) async -> [Int]? {
        await redis.subscriberCounts(channels)
    }
}
