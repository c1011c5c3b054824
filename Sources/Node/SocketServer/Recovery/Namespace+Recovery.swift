import Adapter
public import Cluster
import EngineIO
import SocketIO

extension Namespace {
    /// Registers a handler for the final end of a socket that lost its connection and could have come back.
    ///
    /// Where recovery is on, ``Socket/onDisconnect(_:)`` says that a connection was lost, and this, later, that its
    /// client did not come back in time (or that it was given up to keep within the limits). Called once for each, on
    /// one node of those that share a recovery store. Sockets that ended for good, by a `disconnect` of either side, are
    /// not reported. Does nothing where recovery is off.
    /// - Parameter handler: called on any thread with what was kept.
    public func onSessionExpired(_ handler: @escaping @Sendable (RecoverableSession) -> Void) {
        recovery?.addExpiryHandler(handler)
    }

    /// Delivers an event in such a way that it can be repeated, and publishes it if it comes from here.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - options: whom it goes to. Not volatile.
    ///   - isForeign: whether another node published it.
    ///   - recovery: of this namespace.
    func record(
        _ event: Arguments, to options: BroadcastOptions, isForeign: Bool = false, _ recovery: NamespaceRecovery
    ) {
        var shards = self.shards
        var published: Arguments?
        recovery.inOrder {
            let recorded = recovery.store.append(event, in: name, to: options, isForeign: isForeign)
            let message = encoder.event(recorded.delivered, namespace: name)
            if let only = onlyShard(of: options) {
                shards = [only]
            } else if !isForeign, !options.flags.local {
                published = recorded.published
            }
            for shard in shards {
                shard.add { $0.deliver(message, offset: recorded.offset, to: options) }
            }
        }
        if let published { adapter.publish(published, to: options) }
        for shard in shards { shard.work() }
    }

    /// Ends the connection of a client that has come back before its loss was noticed, as when it changed its network:
    /// what its socket had is thereby saved.
    func endConnection(of pid: String, _ recovery: NamespaceRecovery) async {
        guard let id = recovery.socketID(of: pid), let shard = shard(of: id) else { return }
        await withCheckedContinuation { continuation in
            shard.run { shard in
                if let socket = shard.socket(id), let recovery = socket.recovery, recovery.pid == pid,
                    recovery.held == nil
                {
                    socket.connection.session.close(.transportClose)
                }
                continuation.resume()
            }
        }
    }
}

extension NamespaceShard {
    /// Delivers an event that can be repeated.
    func deliver(_ message: OutgoingMessage, offset: String, to options: BroadcastOptions) {
        forEach(options) { $0.deliver(message, offset: offset) }
    }
}
