public import NIOCore

/// Carries bytes between nodes: what is published on a channel reaches everybody who is subscribed at that moment, the
/// publisher included. At most once; in order for each publisher.
public protocol Bus: Sendable {
    /// Called with channel and payload, one publication after the other.
    typealias Subscriber = @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void

    /// Publishes. Never suspends; lost when the bus cannot be reached.
    /// - Parameters:
    ///   - channel: where.
    ///   - payload: any bytes.
    func publish(_ channel: String, _ payload: ByteBuffer)
    /// Publishes one event on several channels. Default: one after the other.
    /// - Parameter publications: channels and what each of them gets.
    func publish(_ publications: [(channel: String, payload: ByteBuffer)])
    /// Subscribes to one channel. A node has at most one subscription of a channel at a time; a later one must be asked
    /// for after the earlier was cancelled.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: must not block.
    /// - Returns: a way to end it; without that it lasts as long as the bus.
    @discardableResult
    func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription
    /// How many nodes are subscribed to each of some channels by their exact names.
    /// - Parameter channels: their names.
    /// - Returns: the numbers, in the same order; `nil` when the bus cannot be reached.
    func subscriberCounts(_ channels: [String]) async -> [Int]?
    /// Asks to be told whenever the bus was out of reach, so that publications may have been missed, and is back with all
    /// subscriptions. Default: a bus that is always there.
    /// - Parameter handler: called on the thread of the subscribers; must not block.
    /// - Returns: a way to end it; without that it lasts as long as the bus.
    func onReturn(_ handler: @escaping @Sendable () -> Void) -> BusSubscription
}

extension Bus {
    /// Publishes one event on several channels, one after the other.
    /// - Parameter publications: channels and what each of them gets.
    public func publish(_ publications: [(channel: String, payload: ByteBuffer)]) {
        for (channel, payload) in publications { publish(channel, payload) }
    }

    /// How many nodes are subscribed to a channel by its exact name.
    /// - Parameter channel: its name.
    /// - Returns: the number; `nil` when the bus cannot be reached.
    public func subscriberCount(_ channel: String) async -> Int? {
        await subscriberCounts([channel])?.first
    }

    /// Nothing to tell: for a bus that is always there.
    /// - Parameter handler: never called.
    /// - Returns: what need not be ended.
    public func onReturn(_ handler: @escaping @Sendable () -> Void) -> BusSubscription { BusSubscription {} }
}

/// A bus that also carries whole families of channels to a subscriber.
public protocol PrefixBus: Bus {
    /// Subscribes to all channels whose names begin with a prefix; otherwise as ``Bus/subscribe(_:_:)``.
    /// - Parameters:
    ///   - prefix: taken literally.
    ///   - subscriber: must not block.
    /// - Returns: a way to end it; without that it lasts as long as the bus.
    @discardableResult
    func subscribe(prefix: String, _ subscriber: @escaping Subscriber) -> BusSubscription
}

/// A subscription of a ``Bus``. Letting go of it does not end it.
public struct BusSubscription: Sendable {
    private let end: @Sendable () -> Void

    /// Describes a subscription.
    /// - Parameter end: ends it.
    public init(end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    /// Ends the subscription; to be called once. A publication that is being delivered may still arrive.
    public func cancel() { end() }
}
