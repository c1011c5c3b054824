import Adapter
public import Cluster
import EngineIO
import NIOCore
import SocketIO

extension Namespace {
    /// Registers a handler for the final end of a socket that lost its connection and could have come back.
    ///
    /// Where recovery is on, ``Socket/onDisconnect(_:)`` says that a connection was lost, and this, later, that its
    /// client did not come back in time (or that it was given up to keep within the limits). Called once for each, on
    /// one node of those that share a recovery store. Sockets that ended for good, by a `disconnect` of either side, are
    /// not reported. Never called where recovery is off.
    /// - Parameter handler: called on any thread with what was kept.
    public func onSessionExpired(_ handler: @escaping @Sendable (RecoverableSession) -> Void) {
        register { $0.expiryHandlers.append(handler) }
    }

    /// A session was given up.
    func expired(_ session: RecoverableSession) {
        for handler in registered.expiryHandlers { handler(session) }
        recovery?.keep(nil, for: session.pid)
    }

    /// Delivers an event in such a way that it can be repeated, and publishes it if it comes from here.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - options: whom it goes to. Not volatile.
    ///   - isForeign: whether another node published it.
    ///   - isAnnounced: whether the only receiver has been told what it is sent.
    ///   - recovery: of this namespace.
    func record(
        _ event: Arguments, to options: BroadcastOptions, isForeign: Bool = false, isAnnounced: Bool = false,
        _ recovery: NamespaceRecovery
    ) {
        var shards = self.shards
        var published: Arguments?
        recovery.inOrder {
            let recorded = recovery.store.append(event, in: name, to: options, isForeign: isForeign)
            let message = prepared(encoder.event(recorded.delivered, namespace: wireName), for: options)
            if let only = onlyShard(of: options) {
                shards = [only]
            } else if !isForeign, !options.flags.local {
                published = recorded.published
            }
            let announced = isAnnounced ? nil : event
            for shard in shards {
                shard.add { $0.deliver(message, offset: recorded.offset, announced, to: options) }
            }
        }
        if let published { adapter.publish(published, to: options) }
        for shard in shards { shard.work() }
    }

    /// Runs something on a loop, behind what this thread has handed over to the loop's sockets before.
    func execute(on loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        if recovery != nil, let shard = shards.first(where: { $0.eventLoop === loop }) {
            shard.run { _ in body() }
        } else {
            loop.execute(body)
        }
    }

    /// The socket that a client had before it lost its connection; `nil` if its claim is not right (any more).
    func formerSession(_ claim: RecoveryClaim) async -> RecoverableSession? {
        guard let recovery else { return nil }
        await endConnection(of: claim.pid, recovery)
        return await recovery.store.session(claim.pid, in: name, offset: claim.offset)
    }

    /// Ends the connection of a client that has come back before its loss was noticed, as when it changed its network:
    /// what its socket had is thereby saved.
    private func endConnection(of pid: String, _ recovery: NamespaceRecovery) async {
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
    /// - Parameters:
    ///   - message: the event.
    ///   - offset: names it.
    ///   - arguments: what sockets that listen to what they are sent are told; `nil` if they have been.
    ///   - options: whom it goes to.
    func deliver(_ message: OutgoingMessage, offset: String, _ arguments: Arguments?, to options: BroadcastOptions) {
        if let arguments { announce(arguments, to: options) }
        forEach(options) { $0.deliver(message, offset: offset) }
    }
}
