import Adapter
public import Cluster
import Logging
import NIOCore
import SocketIO
import Synchronization

/// Sessions in Redis: who owns them, and when they are given up.
extension RedisRecoveryStore {
    private var lifetime: RedisArgument { .integer(membership.configuration.keyLifetime.milliseconds) }
    private var tag: RedisArgument { .text(membership.tag.text) }
    private var returnTime: RedisArgument { .integer(limits.maxDisconnectionDuration.milliseconds) }

    private var sessionKeys: [String] { [keys.owners, keys.sessions, keys.lost, keys.node(membership.tag)] }

    /// A socket is here.
    /// - Parameter id: its id.
    public func joined(_ id: String) { state.withLock { _ = $0.here.insert(id) } }

    /// A socket is gone.
    /// - Parameter id: its id.
    public func left(_ id: String) { state.withLock { _ = $0.here.remove(id) } }

    /// Whether a socket with an id of this node is not here.
    /// - Parameter id: an id that begins with the tag of this node.
    /// - Returns: `false` for those that can never be elsewhere, which have another length.
    public func isElsewhere(_ id: String) -> Bool {
        id.utf8.count == Self.idLength && !state.withLock { $0.here.contains(id) }
    }

    /// Length of the ids of sockets that can be restored, and of private ids, in characters.
    private static let idLength = 20

    /// A socket is connected, or has changed.
    /// - Parameter session: what is to be restored.
    public func update(_ session: RecoverableSession) {
        redis.run(
            RecoveryScripts.update, keys: sessionKeys,
            arguments: [tag, .text(session.pid), .bytes(session.encoded), lifetime]
        ) { [weak self] result in
            switch result {
            case .success(let reply) where reply.integer == 0:
                // It was restored elsewhere while this node was away.
                self?.state.withLock { $0.events }?.claimed(session.pid, session.namespace)
            case .success: break
            case .failure: self?.state.withLock { $0.mustRefresh = true }
            }
        }
    }

    /// A socket lost its connection.
    /// - Parameter session: what is to be restored.
    public func save(_ session: RecoverableSession) {
        let deadline = Self.now + limits.maxDisconnectionDuration + .seconds(5)
        let (dropped, events) = state.withLock { ($0.waiting.insert(session, until: deadline), $0.events) }
        for session in dropped { events?.released(session.pid, session.namespace) }
        tell(.lost(session))
    }

    /// A socket ended for good.
    /// - Parameter session: what would have been restored.
    public func end(_ session: RecoverableSession) { tell(.over(session)) }

    private func tell(_ ending: Ending) {
        let (script, session, more): (RedisScript, RecoverableSession, [RedisArgument]) =
            switch ending {
            case .lost(let session): (RecoveryScripts.save, session, [.bytes(session.encoded), lifetime, returnTime])
            case .over(let session): (RecoveryScripts.end, session, [])
            }
        redis.run(script, keys: sessionKeys, arguments: [tag, .text(session.pid)] + more) { [weak self] result in
            guard case .failure = result, let self else { return }
            state.withLock { if $0.unsaid.count < Self.unsaidLimit { $0.unsaid.append(ending) } }
        }
    }

    /// Redis is back: says what it has not heard.
    /// - Parameter everything: whether it has to be told about all connected sockets in any case.
    func tellAgain(everything: Bool) {
        let (unsaid, events) = state.withLock { state in
            defer { (state.unsaid, state.mustRefresh) = ([], false) }
            return (state.unsaid, everything || state.mustRefresh ? state.events : nil)
        }
        mark(isFresh: everything)
        for ending in unsaid { tell(ending) }
        events?.refresh()
    }

    /// What becomes of a session that another node has connected.
    enum Insistence: String {
        /// Its node is asked to let go.
        case ask
        /// It is taken away.
        case insist
        /// It stays where it is.
        case leave
    }

    /// What is known of a session in Redis.
    /// - Returns: whether its connection is lost, and what is to be restored; `nil` if there is no such session, or it is
    ///   left where it is.
    func look(
        _ pid: String, in namespace: String, _ insistence: Insistence
    ) async -> (isLost: Bool, session: RecoverableSession)? {
        guard pid.utf8.count == Self.idLength else { return nil }
        let reply = try? await redis.run(
            RecoveryScripts.look, keys: [keys.owners, keys.sessions, keys.lost, membership.leaseKey],
            arguments: [
                tag, .text(pid), returnTime, .text(keys.channel), .text("claim \(pid) \(namespace)"),
                .text(insistence.rawValue),
            ])
        guard let parts = reply?.array, parts.count == 2, let isLost = parts[0].integer, let encoded = parts[1].buffer,
            let session = RecoverableSession(encoded, pid: pid), session.namespace == namespace
        else { return nil }
        return (isLost == 1, session)
    }

    /// Makes a session belong to this node.
    /// - Parameter session: as it is from now on.
    /// - Returns: whether it does; not if somebody was faster, or its time is over.
    func take(_ session: RecoverableSession) async -> Bool {
        let reply = try? await redis.run(
            RecoveryScripts.take, keys: sessionKeys,
            arguments: [
                tag, .text(session.pid), .text(keys.channel), .text("release \(session.pid) \(session.namespace)"),
                lifetime, .bytes(session.encoded),
            ])
        guard reply?.integer == 1 else { return false }
        state.withLock { $0.waiting.remove(session.pid) }
        return true
    }

    /// Another node wants a session of ours, or has taken or given it up.
    func received(_ payload: ByteBuffer) {
        let parts = String(buffer: payload).split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, let events = state.withLock({ $0.events }) else { return }
        switch parts[0] {
        case "claim": events.claimed(parts[1], parts[2])
        case "release":
            state.withLock { $0.waiting.remove(parts[1]) }
            events.released(parts[1], parts[2])
        default: break
        }
    }

    /// A node is gone: the time of those who were connected to it begins.
    func cleanUp(after tag: NodeTag, _ done: @escaping @Sendable (Bool) -> Void) {
        redis.run(
            RecoveryScripts.nodeLost, keys: [keys.owners, keys.lost, membership.leaseKey, keys.node(tag)],
            arguments: [.text(tag.text), returnTime, lifetime]
        ) { [weak self] reply in
            switch reply {
            case .success(let reply) where reply.integer ?? 0 > 0: self?.cleanUp(after: tag, done)
            case .success: done(true)
            case .failure: done(false)
            }
        }
    }

    /// The time since any fixed instant.
    static var now: Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }
}
