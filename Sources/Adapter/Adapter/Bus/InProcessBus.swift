public import NIOCore
import Synchronization

/// A bus inside of one process. Nodes that share it form a cluster.
public final class InProcessBus: PrefixBus {
    private struct Publication {
        var channel: String
        var payload: ByteBuffer
    }

    private struct Subscription {
        var number: Int
        var subscriber: Subscriber
    }

    private struct State {
        var channels: [String: [Subscription]] = [:]
        var prefixes: [(prefix: String, subscription: Subscription)] = []
        var lastNumber = 0
        var waiting = CircularBuffer<Publication>()
        var isDelivering = false

        func subscribers(of channel: String) -> [Subscriber] {
            let subscriptions =
                (channels[channel] ?? []) + prefixes.filter { channel.hasPrefix($0.prefix) }.map(\.subscription)
            return subscriptions.map(\.subscriber)
        }

        mutating func number(_ subscriber: @escaping Subscriber) -> Subscription {
            lastNumber += 1
            return Subscription(number: lastNumber, subscriber: subscriber)
        }

        mutating func cancel(_ number: Int, of channel: String) {
            channels[channel]?.removeAll { $0.number == number }
            if channels[channel]?.isEmpty == true { channels[channel] = nil }
        }
    }

    private let state = Mutex(State())

    /// Creates a bus without subscribers.
    public init() {}

    /// Publishes. Delivery is done by the caller, or by whoever is delivering at the moment, so that all subscribers
    /// see one order.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    public func publish(_ channel: String, _ payload: ByteBuffer) {
        let isMine = state.withLock { state in
            state.waiting.append(Publication(channel: channel, payload: payload))
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        guard isMine else { return }
        while let (publication, subscribers) = next() {
            let channel = ByteBuffer(string: publication.channel)
            for subscriber in subscribers { subscriber(channel, publication.payload) }
        }
    }

    private func next() -> (Publication, [Subscriber])? {
        state.withLock { state in
            guard let publication = state.waiting.popFirst() else {
                state.isDelivering = false
                return nil
            }
            return (publication, state.subscribers(of: publication.channel))
        }
    }

    /// Subscribes to one channel.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: called on the thread of a publisher.
    /// - Returns: a way to end it.
    @discardableResult
    public func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        let number = state.withLock { state in
            let subscription = state.number(subscriber)
            state.channels[channel, default: []].append(subscription)
            return subscription.number
        }
        return BusSubscription { [weak self] in self?.state.withLock { $0.cancel(number, of: channel) } }
    }

    /// Subscribes to all channels whose names begin with a prefix.
    /// - Parameters:
    ///   - prefix: taken literally.
    ///   - subscriber: called on the thread of a publisher.
    /// - Returns: a way to end it.
    @discardableResult
    public func subscribe(prefix: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        let number = state.withLock { state in
            let subscription = state.number(subscriber)
            state.prefixes.append((prefix, subscription))
            return subscription.number
        }
        return BusSubscription { [weak self] in
            self?.state.withLock { state in state.prefixes.removeAll { $0.subscription.number == number } }
        }
    }

    /// How many subscriptions each of some channels has by its exact name.
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order.
    public func subscriberCounts(_ channels: [String]) async -> [Int]? {
        state.withLock { state in channels.map { state.channels[$0]?.count ?? 0 } }
    }
}
