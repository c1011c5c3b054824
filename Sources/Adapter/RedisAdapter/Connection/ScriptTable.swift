import Synchronization

/// The scripts of a client and the digests under which Redis knows them.
final class ScriptTable: Sendable {
    private struct State {
        var scripts: [RedisScript] = []
        var digests: [String: String] = [:]
    }
    private let state = Mutex(State())

    /// Every script, in order of registration.
    var all: [RedisScript] { state.withLock { $0.scripts } }

    /// Adds a script, once.
    func add(_ script: RedisScript) {
        state.withLock { state in
            guard !state.scripts.contains(where: { $0.name == script.name }) else { return }
            state.scripts.append(script)
        }
    }

    /// Redis has loaded a script.
    func loaded(_ script: RedisScript, digest: String) {
        state.withLock { $0.digests[script.name] = digest }
    }

    /// The digest of a script, once Redis has told it.
    func digest(of script: RedisScript) -> String? {
        state.withLock { $0.digests[script.name] }
    }
}
