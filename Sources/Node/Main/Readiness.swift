import Synchronization

/// Whether the node serves: false until everything it needs is there, and again when it goes down.
final class Readiness: Sendable {
    private let state = Mutex((serving: false, draining: false))

    /// Whether new sessions are welcome.
    var isReady: Bool { state.withLock { $0.serving && !$0.draining } }
    /// Whether the node is going down.
    var isDraining: Bool { state.withLock { $0.draining } }

    /// Every listener is bound and the shared state is reached.
    func beginServing() { state.withLock { $0.serving = true } }
    /// The node is going down.
    func beginDraining() { state.withLock { $0.draining = true } }
}
