import NIOCore
import Synchronization

/// What several threads want done with an object of one event loop, done in the order in which it was handed in.
///
/// Nothing is begun in the middle of a delivery, which goes to several receivers and may, by closing one of them, make the
/// application send something else: that comes after it for all receivers.
final class Inbox<Object>: Sendable {
    typealias Work = @Sendable (Object) -> Void

    private struct State {
        var waiting = CircularBuffer<(work: Work, isDelivery: Bool)>()
        var isScheduled = false
        var isDelivering = false
    }

    private let state = Mutex(State())

    func add(_ work: @escaping Work, isDelivery: Bool = false) {
        state.withLock { $0.waiting.append((work, isDelivery)) }
    }

    /// Whether somebody has to call ``emptyAsScheduled(with:)`` on the loop.
    func mustSchedule() -> Bool {
        state.withLock { state in
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
    }

    func emptyAsScheduled(with object: Object) {
        state.withLock { $0.isScheduled = false }
        empty(with: object)
    }

    /// Does everything that waits. On the loop.
    func empty(with object: Object) {
        while let next = next() {
            next.work(object)
            if next.isDelivery { state.withLock { $0.isDelivering = false } }
        }
    }

    private func next() -> (work: Work, isDelivery: Bool)? {
        state.withLock { state in
            guard !state.isDelivering, let next = state.waiting.popFirst() else { return nil }
            state.isDelivering = next.isDelivery
            return next
        }
    }
}
