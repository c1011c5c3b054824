import NIOCore
import Synchronization

/// A bus on which one channel may have several subscribers on this node.
///
/// Names of rooms are part of channels and may contain anything. So the channel of the room `b` of the namespace `/a` is
/// also the one of the namespace `/a#b`: neither may take it away from the other.
final class SharedChannels: Bus {
    /// Who is subscribed to one channel.
    private final class Channel: Sendable {
        let subscribers = Mutex<[Int: Subscriber]>([:])

        func deliver(_ channel: ByteBuffer, _ payload: ByteBuffer) {
            for subscriber in subscribers.withLock({ Array($0.values) }) { subscriber(channel, payload) }
        }
    }

    private struct State {
        var channels: [String: (Channel, BusSubscription)] = [:]
        var lastNumber = 0
    }

    private let bus: any Bus
    private let state = Mutex(State())

    init(_ bus: any Bus) {
        self.bus = bus
    }

    func publish(_ channel: String, _ payload: ByteBuffer) { bus.publish(channel, payload) }

    func publish(_ publications: [(channel: String, payload: ByteBuffer)]) { bus.publish(publications) }

    func subscriberCounts(_ channels: [String]) async -> [Int]? { await bus.subscriberCounts(channels) }

    func onReturn(_ handler: @escaping @Sendable () -> Void) -> BusSubscription { bus.onReturn(handler) }

    @discardableResult
    func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        // What is asked of the bus is asked under the lock, in the order of the calls.
        let number = state.withLock { state in
            state.lastNumber += 1
            let number = state.lastNumber
            if let (known, _) = state.channels[channel] {
                known.subscribers.withLock { $0[number] = subscriber }
            } else {
                let new = Channel()
                new.subscribers.withLock { $0[number] = subscriber }
                state.channels[channel] = (new, bus.subscribe(channel) { new.deliver($0, $1) })
            }
            return number
        }
        return BusSubscription { [weak self] in self?.cancel(number, of: channel) }
    }

    private func cancel(_ number: Int, of channel: String) {
        state.withLock { state in
            guard let (known, subscription) = state.channels[channel] else { return }
            let isLast = known.subscribers.withLock { subscribers in
                subscribers[number] = nil
                return subscribers.isEmpty
            }
            guard isLast else { return }
            state.channels[channel] = nil
            subscription.cancel()
        }
    }
}
