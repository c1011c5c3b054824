import Adapter
import Cluster
import EngineIO
import NIOCore
import SocketIO

/// How a client gets its socket back (wire, section 7): what it missed, then CONNECT with the ids that it had, then what
/// came meanwhile. If that fails, it joins as anybody does.
extension ConnectionHandler {
    /// The client is let in, as the one that it was: its socket is put into its rooms, so that nothing is lost from now
    /// on, but holds back what arrives until it is known what was missed before.
    func restore(
        _ former: RecoverableSession, _ context: ConnectContext, _ admission: Admission, _ recovery: NamespaceRecovery
    ) {
        let namespace = admission.namespace
        let shard = namespace.shards[session.shard].value
        let socket = Socket(
            context, namespace: namespace, shard: shard, connection: self, shared: admission.registered.eventHandlers)
        socket.lease = admission.lease
        socket.recovery = SocketRecovery(pid: former.pid, start: former.start, isRecovered: true)
        let named = SocketID.shard(of: former.id, tag: server.nodeTag, count: namespace.shards.count)
        let movedTo = named == session.shard ? nil : session.shard
        let isMine = recovery.inOrder {
            guard namespace.hold(former, movedTo: movedTo, recovery) else { return false }
            shard.add(socket, to: former.rooms)
            return true
        }
        guard isMine else { return enter(namespace.wireName, auth: context.auth, claim: nil) }
        let loop = eventLoop
        let (handler, restored) = (NIOLoopBound(self, eventLoop: loop), NIOLoopBound(socket, eventLoop: loop))
        let offset = RecoveryClaim(context.auth)?.offset
        // A task, because the store may be on another machine; the session's end cancels it.
        deciding[namespace.wireName] = Task {
            let missed = await recovery.store.restore(former.pid, in: namespace.name, offset: offset)
            loop.execute { handler.value.restored(restored.value, missed, former, admission, recovery) }
        }
    }

    private func restored(
        _ socket: Socket, _ missed: MissedEvents?, _ former: RecoverableSession, _ admission: Admission,
        _ recovery: NamespaceRecovery
    ) {
        let namespace = admission.namespace
        let isWanted = deciding.removeValue(forKey: namespace.wireName) != nil && !isClosed
        guard isWanted, let missed, let held = socket.recovery?.held, held.size <= recovery.maxHeldBytes,
            connection.joined(namespace.wireName, as: socket)
        else {
            socket.shard.remove(socket)
            // It was taken out of the store, and may be claimed again.
            if missed != nil { recovery.store.save(former) }
            namespace.release(former.pid, former.id, recovery)
            if isWanted { enter(namespace.wireName, auth: socket.auth, claim: nil) }
            return
        }
        socket.recovery?.held = nil
        socket.recovery?.received = missed.received
        socket.recovery?.restorations = missed.restorations
        recovery.keep(nil, for: former.pid)
        socket.recoveryChanged()
        let messages = missed.events.map { event in
            var message = server.encoder.event(event.event, namespace: namespace.wireName)
            if event.flags.compress == false { message.isCompressible = false }
            return message
        }
        let connect = server.encoder.connect(namespace: namespace.wireName, sid: socket.id, pid: former.pid)
        let later = held.messages.filter { $0.id.map { !missed.received.contains($0) } ?? true }.map(\.message)
        joined(socket, admission.registered, messages + [connect] + later)
    }
}

extension RecoveryClaim {
    /// Reads the payload of CONNECT; `nil` if the client claims nothing.
    init?(_ auth: Value) {
        guard let pid = auth["pid"]?.string else { return nil }
        self.init(pid: pid, offset: auth["offset"]?.string)
    }
}
