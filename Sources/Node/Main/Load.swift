import EngineServer
import Synchronization

/// The engines and listeners of a node: what the node's load and metrics are read from.
final class Load: Sendable {
    private let engines = Mutex<[Engine]>([])
    private let servers = Mutex<[HTTPServer]>([])

    /// Adds an engine.
    func count(_ engine: Engine) {
        engines.withLock { $0.append(engine) }
    }

    /// Adds a listener.
    func count(_ server: HTTPServer) {
        servers.withLock { $0.append(server) }
    }

    /// Open sessions of all listeners.
    var sessions: Int { engines.withLock { $0 }.reduce(0) { $0 + $1.sessionCount } }

    /// What the engines have done, added up.
    var metrics: EngineMetrics {
        engines.withLock { $0 }.reduce(into: EngineMetrics()) { $0.add($1.metrics) }
    }

    /// What the listeners have done with connections, added up.
    var listenerMetrics: ListenerMetrics {
        servers.withLock { $0 }.reduce(into: ListenerMetrics()) { $0.add($1.metrics) }
    }
}
