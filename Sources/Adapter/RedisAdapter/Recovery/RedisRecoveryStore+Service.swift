import Adapter
import Cluster
import NIOCore
import Synchronization

/// What the store looks after at intervals, on the loop of its client.
extension RedisRecoveryStore {
    /// Sessions that are given up in one step.
    private static let batch = 100

    /// How long an entry of a journal is needed after it was written, and half a minute more for clocks and delays.
    var entryLifetime: Duration { limits.maxDisconnectionDuration + limits.lossDetection + .seconds(30) }

    func inspect() {
        expire()
        let now = NIODeadline.now()
        let (journals, rests, gone, events) = state.withLock { state in
            let rests = state.nextRest <= now
            if rests { state.nextRest = now + .seconds(60) }
            let gone = state.waiting.removeExpired(at: Self.now)
            return (state.journals, rests, gone, state.events)
        }
        for session in gone { events?.released(session.pid, session.namespace) }
        for (namespace, journal) in journals {
            if rests { journal.reader.rest() }
            tend(namespace) { _ in }
        }
    }

    /// Gives up those who have not come back in time, and the oldest if there are too many.
    private func expire() {
        redis.run(
            RecoveryScripts.expire, keys: [keys.owners, keys.sessions, keys.lost],
            arguments: [.integer(limits.maxSessions), .integer(Self.batch)]
        ) { [weak self] result in
            guard case .success(let reply) = result, let parts = reply.array else { return }
            self?.expired(parts)
        }
    }

    private func expired(_ parts: [RedisReply]) {
        let events = state.withLock { state in
            state.statistics.sessions = Int(clamping: parts.first?.integer ?? 0)
            state.statistics.expired += parts.count / 3
            return state.events
        }
        for start in stride(from: 1, to: parts.count - 2, by: 3) {
            guard let pid = parts[start].text, let encoded = parts[start + 2].buffer,
                let session = RecoverableSession(encoded, pid: pid)
            else { continue }
            state.withLock { $0.waiting.remove(pid) }
            if let owner = parts[start + 1].text, owner != membership.tag.text {
                redis.publish(keys.channel + owner, ByteBuffer(string: "release \(pid) \(session.namespace)"))
            }
            events?.expired(session)
        }
        if parts.count / 3 >= Self.batch { expire() }
    }

    /// Throws away what is too old, or too much, of a journal, and asks what happened to it.
    private func tend(_ namespace: String, _ completion: @escaping @Sendable (SharedJournal.History?) -> Void) {
        let lifetime = entryLifetime
        redis.run(
            RecoveryScripts.tend, keys: [keys.journal(namespace), keys.history(namespace)],
            arguments: [
                .integer(lifetime.milliseconds), .integer(limits.maxPackets), .integer(limits.maxBytes),
                .integer(membership.configuration.keyLifetime.milliseconds),
            ]
        ) { [weak self] result in
            guard case .success(let reply) = result, let numbers = reply.array?.map({ $0.integer ?? 0 }),
                numbers.count == 5
            else { return completion(nil) }
            self?.tended(namespace, numbers)
            let times = numbers.map { UInt64(max(0, $0)) }
            completion(
                SharedJournal.History(
                    now: times[0], since: EventID.number(atMilliseconds: times[1]),
                    dropped: EventID.number(atMilliseconds: times[2]),
                    lifetime: UInt64(lifetime.milliseconds) * 1000))
        }
    }

    private func tended(_ namespace: String, _ numbers: [Int64]) {
        state.withLock { state in
            state.clock.heard(UInt64(max(0, numbers[0])), at: .now())
            state.journals[namespace]?.entries = Int(clamping: numbers[3])
            state.journals[namespace]?.bytes = Int(clamping: numbers[4])
        }
    }

    func tend(_ namespace: String) async -> SharedJournal.History? {
        await withCheckedContinuation { continuation in
            tend(namespace) { continuation.resume(returning: $0) }
        }
    }
}
