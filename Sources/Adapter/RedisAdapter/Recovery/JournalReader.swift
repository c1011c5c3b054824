import Cluster
import NIOCore
import Synchronization

/// Reads the journal of one namespace: only when somebody comes back, only what has not been read before, and once for all
/// who come back at the same moment.
final class JournalReader: Sendable {
    private struct State {
        var journal: SharedJournal
        /// The last entry that has been read; `nil` at the beginning.
        var last: String?
        var history: SharedJournal.History?
        /// Readings that were begun and ended.
        var begun = 0
        var ended = 0
        var hasSucceeded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isUsed = false

        var isReading: Bool { begun > ended }
    }

    /// What is to be done by somebody who wants to know the present state.
    private enum Step {
        case read
        case wait
        case end(Bool)
    }

    /// Entries that are asked for at a time.
    private static let page = 1_000

    private let redis: RedisClient
    private let namespace: String
    private let key: String
    /// Asks for the history, and throws away what is too old.
    private let tend: @Sendable () async -> SharedJournal.History?
    private let state: Mutex<State>

    init(
        _ namespace: String, key: String, redis: RedisClient,
        tend: @escaping @Sendable () async -> SharedJournal.History?
    ) {
        self.namespace = namespace
        self.key = key
        self.redis = redis
        self.tend = tend
        state = Mutex(State(journal: SharedJournal(namespace: namespace)))
    }

    /// What a client has missed of everything that is in the journal now.
    /// - Returns: the events, oldest first; `nil` if that is not known.
    func missed(
        after offset: RecoveryOffset, _ received: ReceivedEvents, by rooms: [String], isPartial: Bool
    ) async -> [SharedJournal.Missed]? {
        guard await catchUp() else { return nil }
        return state.withLock { state in
            state.isUsed = true
            guard let history = state.history else { return nil }
            return state.journal.missed(after: offset, received, by: Set(rooms), history, isPartial: isPartial)
        }
    }

    /// Lets go of what nobody has wanted to know since the last call.
    func rest() {
        state.withLock { state in
            defer { state.isUsed = false }
            guard !state.isUsed, !state.isReading, state.last != nil else { return }
            (state.journal, state.last, state.history) = (SharedJournal(namespace: namespace), nil, nil)
        }
    }

    /// Reads up to the present end, or waits for somebody who began to do so after this call.
    private func catchUp() async -> Bool {
        let ticket = state.withLock { $0.begun }
        while true {
            let step = state.withLock { state -> Step in
                if state.ended > ticket { return .end(state.hasSucceeded) }
                if state.isReading { return .wait }
                state.begun += 1
                return .read
            }
            switch step {
            case .end(let hasSucceeded): return hasSucceeded
            case .wait: await nextEnd()
            case .read: finish(await read())
            }
        }
    }

    private func nextEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.isReading else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func finish(_ hasSucceeded: Bool) {
        let waiting = state.withLock { state in
            state.ended = state.begun
            state.hasSucceeded = hasSucceeded
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func read() async -> Bool {
        let (start, former) = state.withLock { ($0.last, $0.history) }
        guard await readPages(), let history = await tend() else { return false }
        state.withLock { state in
            state.history = history
            state.journal.removeAll(before: history.now / 1000 - min(history.now, history.lifetime) / 1000)
        }
        // Redis has forgotten the journal that was read: what nodes do not find in this one is no gap of it, and what
        // clients received of the former one is not known any more.
        let isAnother = former.map { $0.since != history.since } ?? false
        let isCut = start.map { history.dropped / 1000 >= Self.time($0) } ?? false
        guard isAnother || isCut else { return true }
        // What is left is read anew, as if nothing had been known.
        state.withLock { ($0.journal, $0.last) = (SharedJournal(namespace: namespace), nil) }
        return await readPages()
    }

    private func readPages() async -> Bool {
        while true {
            let start = state.withLock { $0.last }
            let reply = try? await redis.command([
                "XRANGE", .text(key), .text(start.map { "(\($0)" } ?? "-"), "+", "COUNT", .integer(Self.page),
            ])
            guard let entries = reply?.array else { return false }
            state.withLock { state in
                for entry in entries { take(entry, &state) }
            }
            if entries.count < Self.page { return true }
        }
    }

    /// An entry: its place, and its fields and their values in turn. What is malformed was not written by us.
    private func take(_ reply: RedisReply, _ state: inout State) {
        guard let parts = reply.array, parts.count == 2, let place = parts[0].text, let fields = parts[1].array else {
            return
        }
        state.last = place
        guard fields.count >= 2, let head = fields[1].text else { return }
        let body = fields.count >= 4 ? fields[3].buffer : nil
        guard let entry = JournalEntry(head: head, body: body, namespace: namespace) else { return }
        state.journal.append(entry, at: Self.time(place))
    }

    /// The milliseconds that the place of an entry begins with.
    private static func time(_ place: String) -> UInt64 { UInt64(place.prefix { $0 != "-" }) ?? 0 }
}
