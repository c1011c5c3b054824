import Cluster
import NIOCore
import Synchronization

/// What one adapter has published and received, and what follows from that for ``GapDetection``.
///
/// What goes to the inbox of a single node (``Unicast``) is a broadcast with eight bytes behind it: how many publications
/// went there before.
final class PublicationCounts: Sendable {
    private struct State {
        /// Publications to the inboxes of other nodes.
        var inboxes: [NodeTag: UInt64] = [:]
        var broadcasts = PublicationTracker()
        var direct = PublicationTracker()
        /// Announcements that have been asked for and not been made: the usual one, and the full one.
        var isDue = false
        var isFullDue = false
    }

    /// More inboxes than this are looked through for those of nodes that are gone.
    private static let inboxLimit = 256

    private let uid: String
    private let namespace: String
    private let bus: any Bus
    private let counters: AdapterCounters
    private let detection: GapDetection?
    private let channel: String
    private let own: PublisherID?
    private let everybody = Atomic<UInt64>(0)
    private let state = Mutex(State())

    init(uid: String, namespace: String, bus: any Bus, counters: AdapterCounters, detection: GapDetection?) {
        self.uid = uid
        self.namespace = namespace
        self.bus = bus
        self.counters = counters
        self.detection = detection
        channel = detection?.channel(of: namespace) ?? ""
        own = PublisherID(uid: uid)
    }

    /// Begins to listen; to be called after everything that is counted has been subscribed to.
    /// - Returns: what ends it.
    func start() -> [BusSubscription] {
        guard detection != nil else { return [] }
        let subscriptions = [
            bus.subscribe(channel) { [weak self] _, payload in
                if let message = CountMessage(payload) { self?.received(message) }
            },
            bus.onReturn { [weak self] in self?.returned() },
        ]
        returned()
        return subscriptions
    }

    /// The adapter publishes nothing more.
    func stop() {
        if detection != nil { bus.publish(channel, CountMessage.end(uid: uid).encoded()) }
    }
}

// MARK: - Publications

extension PublicationCounts {
    /// Publishes for everybody.
    func publish(_ payload: ByteBuffer, to channel: String) {
        bus.publish(channel, payload)
        counters.broadcasts.add(1, ordering: .relaxed)
        guard detection != nil else { return }
        // After the publication: what is announced has been sent before.
        everybody.add(1, ordering: .releasing)
        announceLater()
    }

    /// Publishes for single nodes, in one go.
    func publish(
        _ payload: ByteBuffer, toInboxes inboxes: [(node: NodeTag, channel: String)], isLive: (NodeTag) -> Bool
    ) {
        let counts = state.withLock { state in inboxes.map { state.inboxes[$0.node] ?? 0 } }
        bus.publish(
            zip(inboxes, counts).map { inbox, count in
                var payload = payload
                payload.writeInteger(count)
                return (inbox.channel, payload)
            })
        counters.direct.add(inboxes.count, ordering: .relaxed)
        state.withLock { state in
            for (node, _) in inboxes { state.inboxes[node, default: 0] &+= 1 }
            if state.inboxes.count > Self.inboxLimit { state.inboxes = state.inboxes.filter { isLive($0.key) } }
        }
    }

    /// Whether a broadcast is of this adapter, whose own come back to it.
    func isOwn(_ payload: ByteBuffer) -> Bool {
        PublisherID(broadcast: payload).map { $0 == own } ?? false
    }

    /// A broadcast of another adapter came, to be counted before anything else is decided about it.
    func received(_ payload: ByteBuffer) {
        guard let publisher = PublisherID(broadcast: payload) else { return }
        counters.received.add(1, ordering: .relaxed)
        if detection != nil { state.withLock { $0.broadcasts.received(from: publisher) } }
    }

    /// Something came by the inbox of this node.
    /// - Returns: the broadcast; `nil` for what is too short to have one.
    func receivedDirect(_ payload: ByteBuffer) -> ByteBuffer? {
        let length = payload.readableBytes - MemoryLayout<UInt64>.size
        guard length > 0, let broadcast = payload.getSlice(at: payload.readerIndex, length: length),
            let count = payload.getInteger(at: payload.readerIndex + length, as: UInt64.self)
        else { return nil }
        counters.received.add(1, ordering: .relaxed)
        guard detection != nil, let publisher = PublisherID(broadcast: broadcast) else { return broadcast }
        let (finding, node) = state.withLock { state in
            defer { state.direct.received(from: publisher) }
            return (state.direct.announced(count, by: publisher), state.direct.node(of: publisher))
        }
        report(finding, of: node, isDirect: true)
        return broadcast
    }
}

// MARK: - Announcements

extension PublicationCounts {
    /// The bus was out of reach, or this adapter is new: tell what was published, ask what was missed.
    private func returned() {
        bus.publish(channel, CountMessage.again.encoded())
        announce(isFull: true)
    }

    private func announceLater() {
        guard let detection, state.withLock({ Self.raise(&$0.isDue) }) else { return }
        detection.schedule(detection.interval) { [weak self] in self?.announce(isFull: false) }
    }

    private func answerLater() {
        guard let detection, state.withLock({ Self.raise(&$0.isFullDue) }) else { return }
        detection.schedule(detection.answerDelay) { [weak self] in self?.announce(isFull: true) }
    }

    private static func raise(_ flag: inout Bool) -> Bool {
        defer { flag = true }
        return !flag
    }

    private func announce(isFull: Bool) {
        let inboxes = state.withLock { state in
            if isFull { state.isFullDue = false } else { state.isDue = false }
            return isFull ? state.inboxes : nil
        }
        let count = everybody.load(ordering: .acquiring)
        let counts = CountMessage.Counts(uid: uid, node: detection?.node, everybody: count, inboxes: inboxes)
        bus.publish(channel, CountMessage.counts(counts).encoded())
        counters.announcements.add(1, ordering: .relaxed)
    }

    private func received(_ message: CountMessage) {
        switch message {
        case .again: answerLater()
        case .end(let uid):
            guard let publisher = PublisherID(uid: uid) else { return }
            state.withLock { state in
                state.broadcasts.ended(publisher)
                state.direct.ended(publisher)
            }
        case .counts(let counts): received(counts)
        }
    }

    private func received(_ counts: CountMessage.Counts) {
        guard let publisher = PublisherID(uid: counts.uid), publisher != own, let node = detection?.node else { return }
        let (broadcasts, direct) = state.withLock { state in
            let direct = counts.inboxes.map { state.direct.announced($0[node] ?? 0, by: publisher, of: counts.node) }
            return (state.broadcasts.announced(counts.everybody, by: publisher, of: counts.node), direct)
        }
        report(broadcasts, of: counts.node, isDirect: false)
        if let direct { report(direct, of: counts.node, isDirect: true) }
    }

    private func report(_ finding: PublicationTracker.Finding, of node: NodeTag?, isDirect: Bool) {
        guard case .missed(let missed) = finding else { return }
        counters.missed.add(missed, ordering: .relaxed)
        detection?.found(PublicationGap(namespace: namespace, node: node, missed: missed, isDirect: isDirect))
    }
}
