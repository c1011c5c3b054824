import Adapter
import Synchronization

/// Who wants to know that a client has come back to Redis, as long as they do: a client itself forgets no observer.
final class ReturnHandlers: Sendable {
    private struct State {
        var handlers: [Int: @Sendable () -> Void] = [:]
        var lastNumber = 0
        var isObserving = false
    }

    private let redis: RedisClient
    private let state = Mutex(State())

    init(_ redis: RedisClient) {
        self.redis = redis
    }

    /// Adds a handler.
    /// - Returns: a way to remove it.
    func add(_ handler: @escaping @Sendable () -> Void) -> BusSubscription {
        let (number, isFirst) = state.withLock { state in
            state.lastNumber += 1
            state.handlers[state.lastNumber] = handler
            defer { state.isObserving = true }
            return (state.lastNumber, !state.isObserving)
        }
        if isFirst { redis.onStateChange { [weak self] in if $0 == .connected { self?.returned() } } }
        return BusSubscription { [weak self] in self?.state.withLock { $0.handlers[number] = nil } }
    }

    private func returned() {
        for handler in state.withLock({ Array($0.handlers.values) }) { handler() }
    }
}
