import Synchronization

/// The online count of a node that runs alone.
public final class InProcessOnlineCount: OnlineCount {
    private struct State {
        var count = 0
        var reported = 0
        var isReporting = false
        var changed: (@Sendable (Int) -> Void)?
    }

    private let state = Mutex(State())

    /// Creates a count of 0.
    public init() {}

    /// The number of connected sockets, never negative.
    public var current: Int { state.withLock { max(0, $0.count) } }

    /// Adds to the count.
    /// - Parameter change: +1 for a connect, -1 for a disconnect.
    public func add(_ change: Int) {
        let isMine = state.withLock { state in
            state.count += change
            guard state.changed != nil, !state.isReporting else { return false }
            state.isReporting = true
            return true
        }
        if isMine { report() }
    }

    /// Begins to report.
    /// - Parameter changed: called by whoever changes the count, one call after the other; the last one has the final
    ///   value.
    public func start(_ changed: @escaping @Sendable (Int) -> Void) {
        state.withLock { $0.changed = changed }
    }

    private func report() {
        while let (changed, count) = next() { changed(count) }
    }

    private func next() -> (@Sendable (Int) -> Void, Int)? {
        state.withLock { state in
            let count = max(0, state.count)
            guard let changed = state.changed, count != state.reported else {
                state.isReporting = false
                return nil
            }
            state.reported = count
            return (changed, count)
        }
    }
}
