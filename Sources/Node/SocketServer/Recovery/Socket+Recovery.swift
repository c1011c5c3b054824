import Adapter
import Cluster
import EngineIO
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
    ///   - offset: names it.
    func deliver(_ message: OutgoingMessage, offset: String) {
        guard let recovery, recovery.held != nil else {
            return connection.session.send(message, volatile: false)
        }
        recovery.hold(message, offset, limit: namespace.recovery?.maxHeldBytes ?? 0)
    }

    /// The socket's connection is lost: keeps what its client may claim, if the reason is one of those that recovery is
    /// for. It is still in its rooms.
    func save(_ reason: String) {
        guard let recovery, let namespaceRecovery = namespace.recovery else { return }
        if DisconnectReason.recoverable.contains(reason) {
            namespaceRecovery.keep(lease, for: recovery.pid)
            namespaceRecovery.store.save(
                RecoverableSession(
                    id: id, pid: recovery.pid, namespace: namespace.name, rooms: Array(rooms), data: data,
                    start: recovery.start))
        }
        namespaceRecovery.release(recovery.pid, id)
    }
}
