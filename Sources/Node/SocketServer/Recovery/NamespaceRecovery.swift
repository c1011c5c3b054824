import Adapter
import Cluster
import Synchronization

/// What a namespace needs for connection state recovery. There is none where recovery is off.
///
/// Decision: what a client has received is told by the last offset that it saw, so the sockets of every loop must get
/// the events in the order in which the store counts them. Events are therefore recorded and handed to the loops under
/// one lock, and the shards of a namespace with recovery work through an ``Inbox``.
final class NamespaceRecovery: Sendable {
    typealias ExpiryHandler = @Sendable (RecoverableSession) -> Void

    /// Where the sockets with a private id are.
    private struct Places {
        /// The id of each connected socket, by private id.
        var ids: [String: String] = [:]
        /// The shard of each restored socket that is not on the one that its id names.
        var moved: [String: Int] = [:]
    }

    let store: any RecoveryStore
    let skipsMiddleware: Bool
    /// How much may arrive for a socket while it is being restored.
    let maxHeldBytes: Int
    private let order = Mutex(())
    private let places = Mutex(Places())
    private let movedCount = Atomic(0)
    private let handlers = Mutex<[ExpiryHandler]>([])

    init(_ store: any RecoveryStore, _ configuration: RecoveryConfiguration) {
        self.store = store
        skipsMiddleware = configuration.skipMiddlewares
        maxHeldBytes = configuration.limits.maxMissedBytes
    }

    /// A socket that is new, and about to be connected, can be restored later.
    func begin(_ socket: Socket, using generator: inout some RandomNumberGenerator) {
        let pid = NodeTag.characters(SocketID.length, using: &generator)
        socket.recovery = SocketRecovery(
            pid: pid, start: store.offset(in: socket.namespace.name), isRecovered: false)
        _ = hold(pid, socket.id)
    }

    /// Does something that takes its place in the order of events.
    func inOrder<Result: Sendable>(_ body: () -> Result) -> Result { order.withLock { _ in body() } }

    /// Where a restored socket is.
    /// - Returns: its shard; `nil` if its id says that, as it nearly always does.
    func shard(of id: String) -> Int? {
        guard movedCount.load(ordering: .acquiring) > 0 else { return nil }
        return places.withLock { $0.moved[id] }
    }

    /// The id of the socket that has a private id now, if there is one.
    func socketID(of pid: String) -> String? { places.withLock { $0.ids[pid] } }

    /// A socket takes its private id.
    /// - Parameters:
    ///   - pid: the private id.
    ///   - id: its id.
    ///   - shard: where it is, if its id does not say that.
    /// - Returns: whether it may; not if another socket has the private id at the moment.
    func hold(_ pid: String, _ id: String, movedTo shard: Int? = nil) -> Bool {
        places.withLock { places in
            guard places.ids[pid] == nil else { return false }
            places.ids[pid] = id
            places.moved[id] = shard
            movedCount.store(places.moved.count, ordering: .releasing)
            return true
        }
    }

    /// A socket is gone.
    func release(_ pid: String, _ id: String) {
        places.withLock { places in
            places.ids[pid] = nil
            places.moved[id] = nil
            movedCount.store(places.moved.count, ordering: .releasing)
        }
    }

    func addExpiryHandler(_ handler: @escaping ExpiryHandler) { handlers.withLock { $0.append(handler) } }

    func expired(_ session: RecoverableSession) {
        for handler in handlers.withLock({ $0 }) { handler(session) }
    }
}
