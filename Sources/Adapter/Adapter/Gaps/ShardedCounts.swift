import Cluster
import NIOCore
import Synchronization

/// What one adapter with shard channels has published, what has come by each of them, and what follows from that for
/// ``GapDetection``.
final class ShardedCounts: Sendable {
    private struct State {
        var published: ChannelCounts
        /// What others have asked for and not been told.
        var asked = Question()
        /// Whether channels will be forgotten.
        var isAging = false
    }

    /// What is to be announced.
    private struct Question {
        /// The channels that the askers always have.
        var channels: Set<String> = []
        var rooms = false
    }

    /// Most channels that are announced at a time. The others follow with their next events.
    private static let announcementLimit = 1_024

    private let uid: String
    private let channels: ShardedChannels
    private let bus: any Bus
    private let unicast: Unicast?
    private let counters: AdapterCounters
    private let detection: GapDetection?
    private let state: Mutex<State>

    init(uid: String, channels: ShardedChannels, bus: any Bus, parts: NodeParts) {
        self.uid = uid
        self.channels = channels
        self.bus = bus
        unicast = parts.unicast
        counters = parts.counters
        detection = parts.gaps
        // The adapter that a namespace of this node had before has the same name, and began earlier.
        let start = NIODeadline.now().uptimeNanoseconds / 1_000
        state = Mutex(State(published: ChannelCounts(permanent: channels.common, start: start)))
    }

    /// Begins to announce; to be called after everything that is counted has been subscribed to.
    /// - Parameter hasRooms: whether the channel of any room is subscribed to.
    /// - Returns: what ends it.
    func start(_ hasRooms: @escaping @Sendable () -> Bool) -> [BusSubscription] {
        guard detection != nil else { return [] }
        let subscription = bus.onReturn { [weak self] in self?.returned(hasRooms()) }
        returned(hasRooms())
        return [subscription]
    }
}

// MARK: - Publications

extension ShardedCounts {
    /// Publishes an event in one go, to each channel with its count.
    func publish(_ event: ShardedMessage, to channels: [String]) {
        guard detection != nil else {
            guard let payload = event.encoded(namespace: self.channels.namespace) else { return }
            return bus.publish(channels.map { ($0, payload) })
        }
        let counts = state.withLock { state in channels.map { state.published.count(on: $0) } }
        bus.publish(
            zip(channels, counts).compactMap { channel, count in
                encoded(event.content, count).map { (channel, $0) }
            })
        // After the publication: what is announced has been sent before.
        state.withLock { state in
            for (channel, count) in zip(channels, counts) { state.published.published(on: channel, after: count) }
        }
        ageLater()
    }

    private func tell(_ content: ShardedMessage.Content, _ count: PublicationCount? = nil, on channel: String) {
        if let payload = encoded(content, count) { bus.publish(channel, payload) }
    }

    private func encoded(_ content: ShardedMessage.Content, _ count: PublicationCount?) -> ByteBuffer? {
        ShardedMessage(uid: uid, content: content, count: count).encoded(namespace: channels.namespace)
    }

    private func ageLater() {
        guard let detection else { return }
        let isFirst = state.withLock { state in
            guard !state.isAging, !state.published.isAged else { return false }
            state.isAging = true
            return true
        }
        guard isFirst else { return }
        detection.schedule(detection.retention / 2) { [weak self] in self?.age() }
    }

    private func age() {
        state.withLock { state in
            state.isAging = false
            state.published.age()
        }
        ageLater()
    }
}

// MARK: - Arrivals

extension ShardedCounts {
    /// What counts that which comes by one channel; `nil` without detection.
    func arrivals(isInbox: Bool) -> ChannelArrivals? {
        detection == nil ? nil : ChannelArrivals(isInbox: isInbox)
    }

    /// Something came, to be counted before anything else is done about it.
    func received(_ message: ShardedMessage, _ arrivals: ChannelArrivals) {
        guard let count = message.count, let publisher = PublisherID(shardedUID: message.uid) else { return }
        let finding: PublicationTracker.Finding
        switch message.content {
        case .broadcast: finding = arrivals.received(count, from: publisher, withEvent: true)
        case .count: finding = arrivals.received(count, from: publisher, withEvent: false)
        case .request, .answer, .again: return
        }
        guard case .missed(let missed) = finding else { return }
        counters.missed.add(missed, ordering: .relaxed)
        detection?.found(
            PublicationGap(
                namespace: channels.namespace, node: NodeTag(shardedUID: message.uid), missed: missed,
                isDirect: arrivals.isInbox))
    }
}

// MARK: - Announcements

extension ShardedCounts {
    /// The bus was out of reach, or this adapter is new: ask what was missed, tell what was published.
    private func returned(_ hasRooms: Bool) {
        tell(.again(rooms: hasRooms), on: channels.common)
        announce(Question(channels: [channels.common], rooms: true))
    }

    /// Somebody is new, or has come back, and asks.
    func asked(by uid: String, forRooms: Bool) {
        guard let detection else { return }
        var own = [channels.common]
        if let unicast, let node = NodeTag(shardedUID: uid) {
            own.append(unicast.inbox(of: node, namespace: channels.namespace))
        }
        let (isFirst, isFirstForRooms) = state.withLock { state in
            let earlier = state.asked
            state.asked.channels.formUnion(own)
            state.asked.rooms = earlier.rooms || forRooms
            return (earlier.channels.isEmpty, !earlier.rooms && forRooms)
        }
        if isFirst { detection.schedule(detection.answerDelay) { [weak self] in self?.answer(rooms: false) } }
        if isFirstForRooms { detection.schedule(detection.interval) { [weak self] in self?.answer(rooms: true) } }
    }

    private func answer(rooms: Bool) {
        let question = state.withLock { state in
            defer {
                state.asked.channels = []
                if rooms { state.asked.rooms = false }
            }
            return Question(channels: state.asked.channels, rooms: rooms)
        }
        announce(question)
    }

    private func announce(_ question: Question) {
        let counts = state.withLock { state in
            let always = question.channels.map { (channel: $0, count: state.published.count(on: $0)) }
            let latest = question.rooms ? state.published.latest(Self.announcementLimit) : []
            return always + latest.filter { !question.channels.contains($0.channel) }
        }
        for (channel, count) in counts { tell(.count, count, on: channel) }
        counters.announcements.add(counts.count, ordering: .relaxed)
        ageLater()
    }
}
