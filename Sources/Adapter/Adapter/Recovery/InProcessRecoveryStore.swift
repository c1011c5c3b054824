public import Cluster
public import SocketIO
import Synchronization

/// Keeps lost sessions and recent events in this process: what a client has on one node, it gets back on the same node,
/// whichever event loop it comes to.
///
/// Decision: offsets are `<epoch><number>`, where the reference takes the time. So an offset of another process is never
/// mistaken for one of ours, two events never share one, and a client whose last event is long ago can still be restored:
/// events that are missing because of their age, not because there were too many, have reached everybody who is not
/// lost for longer than a session is kept.
public final class InProcessRecoveryStore: RecoveryStore {
    /// Runs something later, on any thread.
    public typealias Schedule = @Sendable (_ delay: Duration, _ body: @escaping @Sendable () -> Void) -> Void

    private struct State {
        var journal: RecoveryJournal
        var lost: LostSessions
        var statistics = RecoveryStatistics()
        var events: RecoveryEvents?
        var isWatching = false

        /// Whether the clock has to be set, which it then is.
        mutating func beginWatching() -> Bool {
            defer { isWatching = true }
            return !isWatching
        }
    }

    private let epoch: String
    private let limits: RecoveryLimits
    private let now: @Sendable () -> Duration
    private let schedule: Schedule
    private let state: Mutex<State>

    /// Creates an empty store.
    /// - Parameters:
    ///   - epoch: what the offsets begin with; unique for each process, without characters that JSON escapes, not
    ///     ending in a digit.
    ///   - limits: how long and how much is kept.
    ///   - now: the time since any fixed instant; never goes back.
    ///   - schedule: runs something later.
    public init(
        epoch: String, limits: RecoveryLimits = RecoveryLimits(), now: @escaping @Sendable () -> Duration,
        schedule: @escaping Schedule
    ) {
        self.epoch = epoch
        self.limits = limits
        self.now = now
        self.schedule = schedule
        state = Mutex(
            State(
                journal: RecoveryJournal(maxPackets: limits.maxPackets, maxBytes: limits.maxBytes),
                lost: LostSessions(limit: limits.maxSessions)))
    }

    /// Begins.
    /// - Parameter events: told about each session that is given up, once.
    public func start(_ events: RecoveryEvents) {
        state.withLock { $0.events = events }
    }

    /// Keeps an event, wherever it comes from.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to.
    ///   - isForeign: makes no difference.
    /// - Returns: the event with its offset.
    public func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, isForeign: Bool
    ) -> RecordedEvent {
        let time = now()
        let (number, mustWatch) = state.withLock { state in
            (state.journal.append(event, in: namespace, to: options, at: time), state.beginWatching())
        }
        if mustWatch { watch() }
        return RecordedEvent(
            id: EventID(number: UInt64(number)), delivered: event.appending([.string(offset(number))]))
    }

    /// The offset of a socket that is being connected.
    /// - Parameter namespace: makes no difference: all namespaces count together.
    /// - Returns: the offset of the last event.
    public func offset(in namespace: String) -> String { offset(state.withLock { $0.journal.last }) }

    /// Keeps a lost session until its time is over.
    /// - Parameter session: what is to be restored.
    public func save(_ session: RecoverableSession) {
        let deadline = now() + limits.maxDisconnectionDuration
        let (dropped, events, mustWatch) = state.withLock { state in
            let dropped = state.lost.insert(session, until: deadline)
            state.statistics.droppedSessions += dropped.count
            return (dropped, state.events, state.beginWatching())
        }
        if mustWatch { watch() }
        for session in dropped { events?.expired(session) }
    }

    /// Looks for a session; it stays where it is.
    /// - Parameters:
    ///   - pid: the private id that the client says.
    ///   - namespace: the namespace, with its leading slash.
    ///   - offset: the offset of the last event that it received, as it says; `nil` if it received none.
    /// - Returns: the session; `nil` if there is none, or if it is not known what it has missed.
    public func session(_ pid: String, in namespace: String, offset: String?) async -> RecoverableSession? {
        let time = now()
        return state.withLock { state in
            guard let session = state.lost.session(pid, at: time), session.namespace == namespace,
                let number = number(offset ?? session.start), state.journal.reaches(number)
            else {
                state.statistics.failed += 1
                return nil
            }
            return session
        }
    }

    /// Takes a session away.
    /// - Parameters:
    ///   - pid: the private id that the client says.
    ///   - namespace: the namespace, with its leading slash.
    ///   - offset: the offset of the last event that it received, as it says; `nil` if it received none.
    /// - Returns: what it has missed; `nil` if there is no such session, or if it is not known what it has missed.
    public func restore(_ pid: String, in namespace: String, offset: String?) async -> MissedEvents? {
        let time = now()
        let found = state.withLock { state -> (packets: [RecoveryJournal.Packet], last: Int)? in
            guard let session = state.lost.session(pid, at: time), session.namespace == namespace,
                let number = number(offset ?? session.start),
                let packets = state.journal.missed(after: number, in: namespace, by: Set(session.rooms)),
                packets.reduce(0, { $0 + $1.size }) <= limits.maxMissedBytes
            else {
                state.statistics.failed += 1
                return nil
            }
            state.lost.remove(pid)
            state.statistics.restored += 1
            return (packets, state.journal.last)
        }
        guard let found else { return nil }
        let events = found.packets.map { packet in
            let offset = self.offset(packet.number)
            return MissedEvent(
                offset: offset, event: packet.event.appending([.string(offset)]), flags: packet.options.flags)
        }
        var received = ReceivedEvents()
        received.insert(EventID(number: UInt64(found.last)))
        return MissedEvents(events: events, received: received)
    }

    /// What the store has done and keeps.
    public var statistics: RecoveryStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.sessions = state.lost.count
            statistics.packets = state.journal.count
            statistics.bytes = state.journal.bytes
            statistics.droppedPackets = state.journal.dropped
            return statistics
        }
    }
}

// MARK: - Offsets

extension InProcessRecoveryStore {
    private func offset(_ number: Int) -> String { epoch + String(number) }

    /// The number in an offset that a client says; `nil` if we did not give it.
    private func number(_ offset: String) -> Int? {
        guard offset.hasPrefix(epoch), offset.utf8.count <= epoch.utf8.count + 19 else { return nil }
        let digits = offset.utf8.dropFirst(epoch.utf8.count)
        guard let number = Int(String(Substring(digits))) else { return nil }
        // Int reads a sign and leading zeros too, which no offset has.
        return self.offset(number) == offset ? number : nil
    }
}

// MARK: - Time

extension InProcessRecoveryStore {
    /// How long a packet is needed after it was sent.
    private var packetLifetime: Duration { limits.maxDisconnectionDuration + limits.lossDetection }

    /// Looks again when something may have become too old; not more often than needed for a session to be given up in
    /// time, and not at all while there is nothing to keep.
    private func watch() {
        let delay = min(.seconds(1), limits.maxDisconnectionDuration / 4)
        schedule(delay) { [weak self] in self?.removeOld() }
    }

    private func removeOld() {
        let time = now()
        let (gone, events, mustWatch) = state.withLock { state in
            let gone = state.lost.removeExpired(at: time)
            state.journal.removeAll(before: time - packetLifetime)
            state.statistics.expired += gone.count
            state.isWatching = state.lost.nextDeadline != nil || state.journal.count > 0
            return (gone, state.events, state.isWatching)
        }
        if mustWatch { watch() }
        for session in gone { events?.expired(session) }
    }
}
