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
    /// Subscribes to one channel, for as long as the bus lives. At most once for each channel and node.
    /// - Parameters:
    ///   - channel: its exact name.
    ///   - subscriber: must not block.
    func subscribe(_ channel: String, _ subscriber: @escaping Subscriber)
    /// Subscribes to all channels whose names begin with a prefix, for as long as the bus lives.
    /// - Parameters:
    ///   - prefix: taken literally.
    ///   - subscriber: must not block.
    func subscribe(prefix: String, _ subscriber: @escaping Subscriber)
    /// How many nodes are subscribed to a channel by its exact name.
    /// - Parameter channel: its name.
    /// - Returns: the number; `nil` when the bus cannot be reached.
    func subscriberCount(_ channel: String) async -> Int?
}
