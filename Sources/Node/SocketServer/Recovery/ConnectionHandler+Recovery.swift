import Adapter
import Cluster
import EngineIO
import NIOCore
import SocketIO

/// How a client gets its socket back (wire, section 7): what it missed, then CONNECT with the ids that it had, then what
/// came meanwhile. If that fails, it joins as anybody does.
extension ConnectionHandler {
    /// A client joins a namespace and says that it had a socket there.
    func claim(_ claim: RecoveryClaim, auth: Value, in namespace: Namespace, _ recovery: NamespaceRecovery) {
        let loop = eventLoop
        let handler = NIOLoopBound(self, eventLoop: loop)
        // A task, because the store may be on another machine; the session's end cancels it.
        deciding[namespace.name] = Task {
            await namespace.endConnection(of: claim.pid, recovery)
            let session = await recovery.store.session(claim.pid, in: namespace.name, offset: claim.offset)
            loop.execute { handler.value.found(session, claim, auth: auth, in: namespace, recovery) }
        }
    }

    private func found(
        _ session: RecoverableSession?, _ claim: RecoveryClaim, auth: Value, in namespace: Namespace,
        _ recovery: NamespaceRecovery
    ) {
        guard deciding.removeValue(forKey: namespace.name) != nil, !isClosed else { return }
        guard let session else { return enter(namespace, auth: auth) }
        var context = ConnectContext(
            socketID: session.id, namespace: namespace.name, handshake: self.session.handshake, auth: auth)
        context.data = session.data
        context.claimed = ClaimedSession(session: session, claim: claim)
        let registered = namespace.registered
        if recovery.skipsMiddleware || registered.middleware.isEmpty {
            accept(context, in: namespace, registered)
        } else {
            decide(context, in: namespace, registered)
        }
    }

    /// The client is let in, as the one that it was: its socket is put into its rooms, so that nothing is lost from now
    /// on, but holds back what arrives until it is known what was missed before.
    func restore(
        _ claimed: ClaimedSession, _ context: ConnectContext, in namespace: Namespace,
        _ registered: Namespace.Registrations, _ recovery: NamespaceRecovery
    ) {
        let session = claimed.session
        let shard = namespace.shards[self.session.shard].value
        let socket = Socket(
            context, namespace: namespace, shard: shard, connection: self, shared: registered.eventHandlers)
        socket.recovery = SocketRecovery(pid: session.pid, start: session.start, isRecovered: true)
        let named = SocketID.shard(of: session.id, tag: server.nodeTag, count: namespace.shards.count)
        let movedTo = named == self.session.shard ? nil : self.session.shard
        let isMine = recovery.inOrder {
            guard recovery.hold(session.pid, session.id, movedTo: movedTo) else { return false }
            shard.add(socket, to: session.rooms)
            return true
        }
        guard isMine else { return enter(namespace, auth: context.auth) }
        let loop = eventLoop
        let (handler, restored) = (NIOLoopBound(self, eventLoop: loop), NIOLoopBound(socket, eventLoop: loop))
        deciding[namespace.name] = Task {
            let claim = claimed.claim
            let missed = await recovery.store.restore(claim.pid, in: namespace.name, offset: claim.offset)
            loop.execute { handler.value.restored(restored.value, missed, session, registered, recovery) }
        }
    }

    private func restored(
        _ socket: Socket, _ missed: [MissedEvent]?, _ session: RecoverableSession,
        _ registered: Namespace.Registrations, _ recovery: NamespaceRecovery
    ) {
        let namespace = socket.namespace
        let isWanted = deciding.removeValue(forKey: namespace.name) != nil && !isClosed
        guard isWanted, let missed, let held = socket.recovery?.held, held.size <= recovery.maxHeldBytes,
            connection.joined(namespace.name, as: socket)
        else {
            socket.shard.remove(socket)
            // It was taken out of the store, and may be claimed again.
            if missed != nil { recovery.store.save(session) }
            recovery.release(session.pid, session.id)
            if isWanted { enter(namespace, auth: socket.auth) }
            return
        }
        socket.recovery?.held = nil
        let known = Set(missed.map(\.offset))
        let messages = missed.map { server.encoder.event($0.event, namespace: namespace.name) }
        let connect = server.encoder.connect(namespace: namespace.name, sid: socket.id, pid: session.pid)
        let later = held.messages.filter { !known.contains($0.offset) }.map(\.message)
        joined(socket, registered, messages + [connect] + later)
    }
}

/// A session that a client claimed, and by what.
struct ClaimedSession {
    let session: RecoverableSession
    let claim: RecoveryClaim
}

extension RecoveryClaim {
    /// Reads the payload of CONNECT; `nil` if the client claims nothing.
    init?(_ auth: Value) {
        guard let pid = auth["pid"]?.string else { return nil }
        self.init(pid: pid, offset: auth["offset"]?.string)
    }
}
