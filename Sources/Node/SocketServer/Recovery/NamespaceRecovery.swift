import Adapter
import Cluster
import Synchronization

/// What a namespace needs for connection state recovery. There is none where recovery is off.
///
/// Decision: what a client has received is told by the last offset that it saw, so the sockets of every loop must get
/// the events in the order in which the store counts them. Events are therefore recorded and handed to the loops under
/// one lock, and the shards of a namespace with recovery work through an ``Inbox``.
final class NamespaceRecovery: Sendable {
    /// The sockets by private id, and what few of them need.
    private struct Places {
        /// The id of each socket that is connected or being restored, by private id.
        var ids: [String: String] = [:]
        /// The shard of each restored socket that is not on the one that its id names.
        var moved: [String: Int] = [:]
        /// What keeps a namespace that goes with its last socket, for those who may come back to it, by private id.
        var leases: [String: ChildLease] = [:]
    }

    let store: any RecoveryStore
    /// Whether nodes share the store.
    let isShared: Bool
    /// How much may arrive for a socket while it is being restored.
    let maxHeldBytes: Int
    private let order = Mutex(())
    private let places = Mutex(Places())
    private let movedCount = Atomic(0)

    init?(_ store: (any RecoveryStore)?, _ configuration: RecoveryConfiguration?) {
        guard let store, let configuration else { return nil }
        self.store = store
        isShared = store.isShared
        maxHeldBytes = configuration.limits.maxMissedBytes
    }

    /// Does something that takes its place in the order of events.
    func inOrder<Result: Sendable>(_ body: () -> Result) -> Result { order.withLock { _ in body() } }

    /// A socket that is new, and about to be connected, can be restored later.
    func begin(_ socket: Socket, using generator: inout some RandomNumberGenerator) {
        let pid = NodeTag.characters(SocketID.length, using: &generator)
        socket.recovery = SocketRecovery(
            pid: pid, start: store.offset(in: socket.namespace.name), isRecovered: false)
        _ = hold(pid, socket.id)
        socket.recoveryChanged()
    }

    /// Whether the socket of an id of this node may be on another one.
    func isElsewhere(_ id: String) -> Bool { isShared && store.isElsewhere(id) }

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
        let isMine = places.withLock { places in
            guard places.ids[pid] == nil else { return false }
            places.ids[pid] = id
            places.moved[id] = shard
            movedCount.store(places.moved.count, ordering: .releasing)
            return true
        }
        if isMine, isShared { store.joined(id) }
        return isMine
    }

    /// A socket is gone.
    func release(_ pid: String, _ id: String) {
        if isShared { store.left(id) }
        places.withLock { places in
            places.ids[pid] = nil
            places.moved[id] = nil
            movedCount.store(places.moved.count, ordering: .releasing)
        }
    }

    /// A socket was lost, or has come back, or is given up.
    /// - Parameters:
    ///   - lease: what keeps its namespace meanwhile, if it needs that.
    ///   - pid: its private id.
    func keep(_ lease: ChildLease?, for pid: String) {
        // What was there ends after the lock, because the namespace may go with it.
        let former = places.withLock { places in
            defer { places.leases[pid] = lease }
            return places.leases[pid]
        }
        _ = consume former
    }
}
