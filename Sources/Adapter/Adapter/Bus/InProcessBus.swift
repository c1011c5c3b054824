public import NIOCore
import Synchronization

/// A bus inside of one process. Nodes that share it form a cluster.
public final class InProcessBus: Bus {
    private struct Publication {
        var channel: String
        var payload: ByteBuffer
    }

    private struct State {
        var channels: [String: [Subscriber]] = [:]
        var prefixes: [(prefix: String, subscriber: Subscriber)] = []
        var waiting = CircularBuffer<Publication>()
        var isDelivering = false

        func subscribers(of channel: String) -> [Subscriber] {
            (channels[channel] ?? []) + prefixes.filter { channel.hasPrefix($0.prefix) }.map(\.subscriber)
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
    public func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) {
        state.withLock { $0.channels[channel, default: []].append(subscriber) }
    }

    /// Subscribes to all channels whose names begin with a prefix.
    /// - Parameters:
    ///   - prefix: taken literally.
    ///   - subscriber: called on the thread of a publisher.
    public func subscribe(prefix: String, _ subscriber: @escaping Subscriber) {
        state.withLock { $0.prefixes.append((prefix, subscriber)) }
    }

    /// How many subscriptions a channel has by its exact name.
    /// - Parameter channel: its name.
    /// - Returns: the number.
    public func subscriberCount(_ channel: String) async -> Int? {
        state.withLock { $0.channels[channel]?.count ?? 0 }
    }
}
