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
        var isPublished = false
        recovery.inOrder {
            let only = onlyShard(of: options)
            if let only { shards = [only] }
            isPublished = only == nil && !isForeign && !options.flags.local
            let recorded =
                isPublished && recovery.isShared
                ? recovery.store.append(event, in: name, to: options) { publish(event, named: $0, to: options) }
                : recovery.store.append(event, in: name, to: options, isForeign: isForeign)
            let message = prepared(encoder.event(recorded.delivered, namespace: wireName), for: options)
            let announced = isAnnounced ? nil : event
            for shard in shards {
                shard.add { $0.deliver(message, recorded.id, announced, to: options) }
            }
        }
        // An adapter within this process delivers at once, for which the order of this node must not be held up.
        if isPublished, !recovery.isShared { adapter.publish(event, to: options) }
        for shard in shards { shard.work() }
    }

    /// Publishes an event under its name in the journal that all nodes share.
    private func publish(_ event: Arguments, named id: EventID?, to options: BroadcastOptions) {
        var options = options
        options.flags.event = id
        adapter.publish(event, to: options)
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

    private func endConnection(of pid: String, _ recovery: NamespaceRecovery) async {
        await withCheckedContinuation { continuation in
            endConnection(of: pid, recovery) { continuation.resume() }
        }
    }

    /// Ends the connection of a client that has come back before its loss was noticed, as when it changed its network:
    /// what its socket had is thereby saved.
    private func endConnection(
        of pid: String, _ recovery: NamespaceRecovery, _ completion: @escaping @Sendable () -> Void
    ) {
        guard let id = recovery.socketID(of: pid), let shard = shard(of: id) else { return completion() }
        shard.run { shard in
            if let socket = shard.socket(id), let recovery = socket.recovery, recovery.pid == pid,
                recovery.held == nil
            {
                socket.connection.session.close(.transportClose)
            }
            completion()
        }
    }

    /// The client of a private id has come to another node.
    func claimed(_ pid: String) {
        if let recovery { endConnection(of: pid, recovery) {} }
    }

    /// The socket of a private id is restored, or given up, on another node.
    func released(_ pid: String) { recovery?.keep(nil, for: pid) }

    /// The store may have forgotten what it knew about connected sockets.
    func refreshRecovery() {
        for shard in shards {
            shard.run { shard in shard.forEach(BroadcastOptions()) { $0.tellRecovery() } }
        }
    }

    /// A socket takes its private id and, if it was restored, what is sent to its id comes here.
    /// - Returns: whether it may.
    func hold(_ former: RecoverableSession, movedTo shard: Int?, _ recovery: NamespaceRecovery) -> Bool {
        guard recovery.hold(former.pid, former.id, movedTo: shard) else { return false }
        if recovery.isShared { adapter.adopted(former.id) }
        return true
    }

    /// A socket is gone.
    func release(_ pid: String, _ id: String, _ recovery: NamespaceRecovery) {
        recovery.release(pid, id)
        if recovery.isShared { adapter.released(id) }
    }
}

extension NamespaceShard {
    /// Delivers an event that can be repeated.
    /// - Parameters:
    ///   - message: the event.
    ///   - id: names it; `nil` if it cannot be repeated.
    ///   - arguments: what sockets that listen to what they are sent are told; `nil` if they have been.
    ///   - options: whom it goes to.
    func deliver(_ message: OutgoingMessage, _ id: EventID?, _ arguments: Arguments?, to options: BroadcastOptions) {
        if let arguments { announce(arguments, to: options) }
        forEach(options) { $0.deliver(message, id) }
    }
}
