import Adapter
import Cluster
import EngineIO
import NIOCore
import SocketIO

extension Socket {
    /// Whether this is a socket that a client had before it lost its connection: with the same id, rooms and data. What
    /// it missed was sent to it before.
    public var isRecovered: Bool { recovery?.isRecovered ?? false }

    /// Whether its client may get this socket back.
    /// - Parameter reason: why it was disconnected, as ``onDisconnect(_:)`` handlers are told.
    /// - Returns: whether recovery is on, the client can be restored, and the reason is one of those that it is for.
    public func isRecoverable(after reason: String) -> Bool {
        recovery != nil && DisconnectReason.recoverable.contains(reason)
    }

    /// Sends an event to this client in such a way that it can be repeated.
    func record(_ event: Arguments, _ options: SendOptions, _ recovery: NamespaceRecovery) {
        var receivers = BroadcastOptions(rooms: [id])
        if !options.compress { receivers.flags.compress = false }
        namespace.record(event, to: receivers, isAnnounced: true, recovery)
    }

    /// An event reaches this socket.
    /// - Parameters:
    ///   - message: the event.
    ///   - id: names it; `nil` if it cannot be repeated.
    func deliver(_ message: OutgoingMessage, _ id: EventID?) {
        if let recovery, recovery.isRecovered {
            if recovery.held != nil {
                return recovery.hold(message, id, limit: namespace.recovery?.maxHeldBytes ?? 0)
            }
            // It was among what had been missed, and came by this way later.
            if let id, recovery.received.contains(id) { return }
        }
        connection.session.send(message, volatile: false)
    }

    /// What could be restored has changed: tells a store that is shared, once for everything that happens in this turn of
    /// the loop.
    func recoveryChanged() {
        guard let recovery, recovery.held == nil, !recovery.isTelling, namespace.recovery?.isShared == true else {
            return
        }
        recovery.isTelling = true
        eventLoop.assumeIsolated().execute {
            recovery.isTelling = false
            self.tellRecovery()
        }
    }

    /// Tells a store that is shared what could be restored.
    func tellRecovery() {
        guard isConnected, let session = recoverable, recovery?.held == nil, let recovery = namespace.recovery,
            recovery.isShared
        else { return }
        recovery.store.update(session)
    }

    /// What could be restored.
    private var recoverable: RecoverableSession? {
        recovery.map { recovery in
            RecoverableSession(
                id: id, pid: recovery.pid, namespace: namespace.name, rooms: Array(rooms), data: data,
                start: recovery.start, restorations: recovery.restorations)
        }
    }

    /// The socket's connection is lost: keeps what its client may claim, if the reason is one of those that recovery is
    /// for. It is still in its rooms.
    func save(_ reason: String) {
        guard let session = recoverable, let recovery = namespace.recovery else { return }
        if DisconnectReason.recoverable.contains(reason) {
            recovery.keep(lease, for: session.pid)
            recovery.store.save(session)
        } else if recovery.isShared {
            recovery.store.end(session)
        }
        namespace.release(session.pid, id, recovery)
    }
}
