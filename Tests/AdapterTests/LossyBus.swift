import NIOCore
import Synchronization

@testable import Adapter

/// A bus that loses publications for one node, as Redis does while its connection is away.
final class LossyBus: PrefixBus {
    private struct State {
        var isLosing = false
        var returns: [@Sendable () -> Void] = []
    }

    private let inner: InProcessBus
    private let state = Mutex(State())

    init(_ inner: InProcessBus) { self.inner = inner }

    /// Everything that comes meanwhile is lost for this node.
    func losing(_ body: () -> Void) {
        state.withLock { $0.isLosing = true }
        body()
        state.withLock { $0.isLosing = false }
    }

    func comesBack() { for handler in state.withLock({ $0.returns }) { handler() } }

    private func unlessLost(_ subscriber: @escaping Subscriber) -> Subscriber {
        { [weak self] in if self?.state.withLock({ !$0.isLosing }) == true { subscriber($0, $1) } }
    }

    func publish(_ channel: String, _ payload: ByteBuffer) { inner.publish(channel, payload) }
    @discardableResult
    func subscribe(_ channel: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        inner.subscribe(channel, unlessLost(subscriber))
    }
    @discardableResult
    func subscribe(prefix: String, _ subscriber: @escaping Subscriber) -> BusSubscription {
        inner.subscribe(prefix: prefix, unlessLost(subscriber))
    }
    func subscriberCounts(_ channels: [String]) async -> [Int]? { await inner.subscriberCounts(channels) }
    func onReturn(_ handler: @escaping @Sendable () -> Void) -> BusSubscription {
        state.withLock { $0.returns.append(handler) }
        return BusSubscription {}
    }
}
