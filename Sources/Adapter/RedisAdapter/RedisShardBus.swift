public import Adapter
public import NIOCore

/// Redis' sharded publish and subscribe as the bus between nodes: in a Redis Cluster a publication goes only to the master
/// that owns its channel, and from there only to who has subscribed to it. Needs Redis 7.
///
/// Shard channels and the channels of a ``RedisBus`` have nothing to do with each other, also under the same names. In a
/// Redis Cluster, publications on different channels may overtake each other.
public struct RedisShardBus: Bus {
    private let redis: RedisClient
    private let returns: ReturnHandlers

    /// Creates a bus.
    /// - Parameter redis: carries it. One bus for each client: a shard channel has one subscriber.
    public init(_ redis: RedisClient) {
        self.redis = redis
        returns = ReturnHandlers(redis)
    }

    /// Publishes; kept, or dropped and counted, while Redis cannot be reached, as ``RedisConfiguration/outage`` says.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    public func publish(_ channel: String, _ payload: ByteBuffer) {
        redis.publish(shard: channel, payload)
    }

    /// Publishes one event on several shard channels; as one, if it is appended to a journal.
    /// - Parameter publications: channels and what each of them gets.
    public func publish(_ publications: [(channel: String, payload: ByteBuffer)]) {
        redis.publish(shard: publications)
    }

    /// Subscribes to one shard channel, now and after every reconnection.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: called on the event loop of the client.
    /// - Returns: a way to end it.
    @discardableResult
    public func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        redis.subscribe(shard: channel, subscriber)
        return BusSubscription { [redis] in redis.unsubscribe(shard: channel) }
    }

    /// Asks to be told whenever all connections are there again and everything is subscribed, also for the first time.
    /// - Parameter handler: called on the event loop of the client.
    /// - Returns: a way to end it.
    public func onReturn(_ handler: @escaping @Sendable () -> Void) -> BusSubscription {
        returns.add(handler)
    }

    /// How many nodes are subscribed to each of some shard channels (`PUBSUB SHARDNUMSUB`).
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when Redis cannot be reached.
    public func subscriberCounts(_ channels: [String]) async -> [Int]? {
        await redis.subscriberCounts(shard: channels)
    }
}
