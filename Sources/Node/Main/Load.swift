import EngineServer
import Synchronization

/// The engines of a node: what the node's load and metrics are read from.
final class Load: Sendable {
    private let engines = Mutex<[Engine]>([])

    /// Adds an engine.
    func count(_ engine: Engine) {
        engines.withLock { $0.append(engine) }
    }

    /// Open sessions of all listeners.
    var sessions: Int { engines.withLock { $0 }.reduce(0) { $0 + $1.sessionCount } }

    /// What the engines have done, one by one.
    var metrics: [EngineMetrics] { engines.withLock { $0 }.map(\.metrics) }
}
