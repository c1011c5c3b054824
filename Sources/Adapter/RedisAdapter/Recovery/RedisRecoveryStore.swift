public import Adapter
public import Cluster
public import Logging
import NIOCore
public import SocketIO
import Synchronization

/// A recovery store that all nodes share: a client that lost its connection, or its node, gets its socket back on
/// any node.
///
/// ### Decisions
/// 1. *Redis has the order.* Each event is appended to a journal, a stream, and published in one script, on all channels
///    that it goes to: so the stream has the order in which all nodes receive the events of others. A node's own events
///    are delivered at once, before they are in the journal. An offset therefore has two marks (`RecoveryOffset`), and no
///    node has to know what others delivered.
/// 2. *Nothing waits for Redis* but clients that come back. Events are numbered by the node that sends them; the
///    number travels with the publication, as one more flag that Node.js peers do not look at.
/// 3. *Sessions are saved while they live*, at connect and whenever rooms or data change: a node that is killed saves
///    nothing any more. Only the owner of a session changes it; who restores it becomes the owner.
/// 4. *The journal is read only when somebody comes back*, once for all who do at the same moment (`JournalReader`).
/// 5. *A session says what was repeated to its client* (`Restoration`). Offsets do not: with shard channels the last event
///    of others that a node has received may be older.
/// 6. *What is not known is refused.* Each entry names the one before it of the same node, so that a lost one is
///    noticed; what is not in the journal must be too old to be. Then the client gets a new socket.
///
/// A client whose former connection still seems to be alive on another node is waited for until that node has closed it,
/// but no longer than a second. Events of nodes without this store, and of emitters, are delivered and not repeated.
///
/// Redis 6.2 or later, not a Redis Cluster: there streams and publications have no common order.
public final class RedisRecoveryStore: RecoveryStore {
    /// How long a former node has to let go of a client that has come to this one.
    static let patience = Duration.seconds(1)
    /// Sessions that could not be saved, or ended, because Redis was away, and are told again.
    static let unsaidLimit = 10_000

    /// What is known of the journal of one namespace.
    struct Journal {
        let key: String
        let reader: JournalReader
        /// The number of the last entry of this node.
        var previous: UInt64
        /// The last event of another node that was delivered here, or the mark of when this node began to listen.
        var position: EventID
        /// Whether the last entry of this node is still being published, so that nothing may be appended after it.
        var isPublishing = false
        /// A mark that waits for that, and whether Redis may have forgotten everything.
        var dueMark: Bool?
        /// What its journal was like when it was last looked at.
        var entries = 0
        var bytes = 0
    }

    /// What the end of a socket was, if Redis could not be told.
    enum Ending {
        case lost(RecoverableSession)
        case over(RecoverableSession)
    }

    struct State {
        var clock: RecoveryClock
        var journals: [String: Journal] = [:]
        var here: Set<String> = []
        var events: RecoveryEvents?
        var statistics = RecoveryStatistics()
        /// Those whose namespaces may wait for them.
        var waiting: LostSessions
        var unsaid: [Ending] = []
        var mustRefresh = false
        var nextRest = NIODeadline.uptimeNanoseconds(0)
    }

    let redis: RedisClient
    let membership: NodeMembership
    let keys: RecoveryKeys
    let limits: RecoveryLimits
    let logger: Logger
    let state: Mutex<State>
    private let own: EventID
    /// Whether nodes receive only what is for rooms of theirs.
    private let isPartial: Bool

    /// Whether a Redis can carry it.
    /// - Parameter configuration: where Redis is.
    /// - Returns: whether it is not a Redis Cluster.
    public static func isPossible(with configuration: RedisConfiguration) -> Bool {
        if case .cluster = configuration.deployment { false } else { true }
    }

    /// Creates the store of this node, and registers its clean-up. To be created before ``NodeMembership/run()``.
    /// - Parameters:
    ///   - redis: the cluster's Redis, for which ``isPossible(with:)`` holds; the same client that the adapters publish
    ///     by.
    ///   - membership: this node's lease.
    ///   - adapter: how nodes talk to each other.
    ///   - limits: how long and how much is kept; the same on all nodes. Events are limited for each namespace.
    ///   - logger: told when something could not be saved.
    public init(
        redis: RedisClient, membership: NodeMembership, adapter: RedisAdapterFormat, limits: RecoveryLimits,
        logger: Logger
    ) {
        self.redis = redis
        self.membership = membership
        self.limits = limits
        self.logger = logger
        keys = RecoveryKeys(membership.keys)
        own = EventID(node: membership.tag, number: 0)
        isPartial = adapter.isPartial
        state = Mutex(
            State(
                clock: RecoveryClock(at: .now(), estimate: RecoveryClock.systemTime),
                waiting: LostSessions(limit: limits.maxSessions)))
        for script in RecoveryScripts.all { redis.register(script) }
        membership.registerCleanUp { [weak self] tag, done in
            if let self { cleanUp(after: tag, done) } else { done(true) }
        }
        membership.keepAlive { [weak self] in self?.keptKeys ?? [] }
        membership.onLapsed { [weak self] in self?.tellAgain(everything: true) }
    }

    /// It is.
    public var isShared: Bool { true }

    /// Begins.
    /// - Parameter events: what the store tells the server.
    public func start(_ events: RecoveryEvents) {
        state.withLock { $0.events = events }
        redis.subscribe(keys.channel + membership.tag.text) { [weak self] _, payload in self?.received(payload) }
        redis.onStateChange { [weak self] in if $0 == .connected { self?.tellAgain(everything: false) } }
        let interval = TimeAmount(min(.seconds(1), limits.maxDisconnectionDuration / 4))
        redis.loop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { [weak self] task in
            if let self { inspect() } else { task.cancel() }
        }
    }

    private var keptKeys: [String] {
        let namespaces = state.withLock { Array($0.journals.keys) }
        return [keys.owners, keys.sessions, keys.lost, keys.node(membership.tag)]
            + namespaces.flatMap { [keys.journal($0), keys.history($0)] }
    }

    /// What this node has done, and what all nodes keep.
    public var statistics: RecoveryStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.packets = state.journals.values.reduce(0) { $0 + $1.entries }
            statistics.bytes = state.journals.values.reduce(0) { $0 + $1.bytes }
            return statistics
        }
    }
}

// MARK: - Events

extension RedisRecoveryStore {
    /// Appends an event of this node to the journal, or notes one of another.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to; of an event of another node, with its name.
    ///   - isForeign: whether another node published it.
    /// - Returns: the event with its offset.
    public func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, isForeign: Bool
    ) -> RecordedEvent {
        if isForeign { return received(event, in: namespace, options.flags.event) }
        let content = JournalEntry.Event(arguments: event, options: options)
        let body = content.encoded(namespace: namespace)
        let offset = state.withLock { state in
            let journal = journal(of: namespace, &state)
            let id = own.with(number: state.clock.next(at: .now()))
            post(JournalEntry(id: id, previous: journal.previous, event: content), body, journal.key)
            state.journals[namespace]?.previous = id.number
            return RecoveryOffset(own: id, position: journal.position)
        }
        return RecordedEvent(id: offset.own, delivered: event.appending([.string(offset.text)]))
    }

    /// Appends an event of this node to the journal, and publishes it: as one step of Redis.
    /// - Parameters:
    ///   - event: event name and arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to.
    ///   - publish: publishes the event under its name by the client of this store, in one call.
    /// - Returns: the event with its offset.
    public func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, publish: (EventID?) -> Void
    ) -> RecordedEvent {
        let content = JournalEntry.Event(arguments: event, options: options)
        let body = content.encoded(namespace: namespace)
        let (offset, entry, key) = state.withLock { state in
            let journal = journal(of: namespace, &state)
            let id = own.with(number: state.clock.next(at: .now()))
            state.journals[namespace]?.previous = id.number
            state.journals[namespace]?.isPublishing = true
            let entry = JournalEntry(id: id, previous: journal.previous, event: content)
            return (RecoveryOffset(own: id, position: journal.position), entry, journal.key)
        }
        // Not under the lock: adapters take their time, and other namespaces need not wait for it.
        redis.post(to: key, head: entry.head, body: body) { publish(offset.own) }
        published(in: namespace)
        return RecordedEvent(id: offset.own, delivered: event.appending([.string(offset.text)]))
    }

    private func published(in namespace: String) {
        state.withLock { state in
            state.journals[namespace]?.isPublishing = false
            guard let isFresh = state.journals[namespace]?.dueMark else { return }
            state.journals[namespace]?.dueMark = nil
            mark(namespace, isFresh: isFresh, &state)
        }
    }

    /// An event of another node is delivered here; without a name it will not be repeated.
    private func received(_ event: Arguments, in namespace: String, _ id: EventID?) -> RecordedEvent {
        let offset = state.withLock { state in
            let position = id ?? journal(of: namespace, &state).position
            state.journals[namespace]?.position = position
            return RecoveryOffset(own: own.with(number: state.clock.next(at: .now())), position: position)
        }
        return RecordedEvent(id: id, delivered: event.appending([.string(offset.text)]))
    }

    /// The offset of a socket that is being connected.
    /// - Parameter namespace: the namespace, with its leading slash.
    /// - Returns: it stands for everything that has been delivered here.
    public func offset(in namespace: String) -> String {
        state.withLock { state in
            let position = journal(of: namespace, &state).position
            return RecoveryOffset(own: own.with(number: state.clock.next(at: .now())), position: position).text
        }
    }

    /// Under the lock: entries have the order of their numbers.
    private func post(_ entry: JournalEntry, _ body: ByteBuffer?, _ key: String) {
        var words: [RedisArgument] = ["XADD", .text(key), "*", "h", .text(entry.head)]
        if let body { words += ["e", .bytes(body)] }
        redis.post(words)
    }

    /// The journal of a namespace. When it is seen for the first time, a mark in it stands for this moment.
    private func journal(of namespace: String, _ state: inout State) -> Journal {
        if let journal = state.journals[namespace] { return journal }
        let key = keys.journal(namespace)
        let reader = JournalReader(namespace, key: key, redis: redis) { [weak self] in await self?.tend(namespace) }
        let mark = own.with(number: state.clock.next(at: .now()))
        let journal = Journal(key: key, reader: reader, previous: mark.number, position: mark)
        state.journals[namespace] = journal
        post(JournalEntry(id: mark, previous: 0), nil, key)
        return journal
    }

    /// Marks this moment in all journals, so that what was lost before is noticed.
    /// - Parameter isFresh: whether Redis may have forgotten everything: then offsets begin with this mark.
    func mark(isFresh: Bool) {
        state.withLock { state in
            for (namespace, journal) in state.journals {
                if journal.isPublishing {
                    state.journals[namespace]?.dueMark = isFresh || journal.dueMark == true
                } else {
                    mark(namespace, isFresh: isFresh, &state)
                }
            }
        }
    }

    private func mark(_ namespace: String, isFresh: Bool, _ state: inout State) {
        let journal = journal(of: namespace, &state)
        let id = own.with(number: state.clock.next(at: .now()))
        state.journals[namespace]?.previous = id.number
        if isFresh { state.journals[namespace]?.position = id }
        post(JournalEntry(id: id, previous: journal.previous), nil, journal.key)
    }
}

// MARK: - Sessions that come back

extension RedisRecoveryStore {
    /// Looks for a session. If another node has it connected, that one is asked to let go.
    /// - Parameters:
    ///   - pid: the private id that the client says.
    ///   - namespace: the namespace, with its leading slash.
    ///   - offset: the offset of the last event that it received, as it says; `nil` if it received none.
    /// - Returns: the session; `nil` if there is none, or Redis does not say.
    public func session(_ pid: String, in namespace: String, offset: String?) async -> RecoverableSession? {
        guard offset.map({ RecoveryOffset($0) != nil }) ?? true else { return failed() }
        let end = ContinuousClock.now + Self.patience
        var insists = false
        while let (isLost, session) = await look(pid, in: namespace, insists ? .insist : .ask) {
            if isLost { return session }
            guard !insists, (try? await Task.sleep(for: .milliseconds(20))) != nil else { break }
            insists = ContinuousClock.now >= end
        }
        return failed()
    }

    /// Takes a session over.
    /// - Parameters:
    ///   - pid: the private id that the client says.
    ///   - namespace: the namespace, with its leading slash.
    ///   - offset: the offset of the last event that it received, as it says; `nil` if it received none.
    /// - Returns: what it has missed; `nil` if there is no such session (any more), if it is not known what it has
    ///   missed, or Redis does not say.
    public func restore(_ pid: String, in namespace: String, offset: String?) async -> MissedEvents? {
        // From here on everything for its rooms comes here, too; what came before is in the journal.
        guard await redis.settleSubscriptions(within: .seconds(2)),
            // Who was faster keeps it.
            let (isLost, former) = await look(pid, in: namespace, .leave), isLost,
            let offset = RecoveryOffset(offset ?? former.start)
        else { return failed() }
        var session = former
        let (reader, now) = state.withLock { (journal(of: namespace, &$0).reader, $0.clock.next(at: .now())) }
        let oldest = now - min(now, UInt64(entryLifetime.milliseconds) * 1000)
        var received = session.received(at: offset, since: oldest)
        guard let missed = await reader.missed(after: offset, received, by: session.rooms, isPartial: isPartial),
            missed.reduce(0, { $0 + $1.packet.size }) <= limits.maxMissedBytes
        else { return failed() }
        for id in missed.compactMap(\.packet.options.flags.event) { received.insert(id) }
        session.restored(by: membership.tag, received: received, after: offset)
        guard await take(session) else { return failed() }
        state.withLock { $0.statistics.restored += 1 }
        return MissedEvents(
            events: missed.map(MissedEvent.init), received: received, restorations: session.restorations)
    }

    private func failed<Nothing>() -> Nothing? {
        state.withLock { $0.statistics.failed += 1 }
        return nil
    }
}

extension MissedEvent {
    fileprivate init(_ missed: SharedJournal.Missed) {
        let offset = missed.offset.text
        self.init(
            offset: offset, event: missed.packet.event.appending([.string(offset)]),
            flags: missed.packet.options.flags)
    }
}

extension RedisAdapterFormat {
    /// Whether nodes receive only what is for rooms of theirs.
    fileprivate var isPartial: Bool {
        switch self {
        case .classic, .sharded(.static): false
        case .sharded: true
        }
    }
}
