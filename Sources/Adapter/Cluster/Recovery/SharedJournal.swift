/// What a node has read of a journal that all nodes share: the events of one namespace in the order of Redis.
///
/// A value: time is an argument. It answers what a client has missed that another node served, and it answers honestly:
/// if an entry may have been lost, or has been dropped because there were too many, nothing is known.
public struct SharedJournal: Sendable {
    /// What has happened to the journal as a whole.
    public struct History: Sendable, Equatable {
        /// Redis' clock, in microseconds.
        public var now: UInt64
        /// When the journal came into being, in microseconds.
        public var since: UInt64
        /// Entries before this moment may have been dropped because there were too many, in microseconds; 0 if none was.
        public var dropped: UInt64
        /// How long entries are kept, in microseconds.
        public var lifetime: UInt64

        /// Describes a journal.
        /// - Parameters:
        ///   - now: Redis' clock, in microseconds.
        ///   - since: when the journal came into being.
        ///   - dropped: entries before this moment may have been dropped because there were too many; 0 if none was.
        ///   - lifetime: how long entries are kept.
        public init(now: UInt64, since: UInt64, dropped: UInt64, lifetime: UInt64) {
            self.now = now
            self.since = since
            self.dropped = dropped
            self.lifetime = lifetime
        }

        /// What is older is not in the journal, and need not be.
        var horizon: UInt64 { now - min(now, lifetime) }
    }

    /// An event that a client has missed.
    public struct Missed: Sendable {
        /// What the client will have received with it.
        public var offset: RecoveryOffset
        /// The event and how it was sent.
        public var packet: RecoveryJournal.Packet
    }

    /// Entries of one node are missing.
    private struct Gap {
        /// The number in ``journal`` of the next entry of the node.
        var number: Int
        /// The last one that is missing.
        var last: EventID
    }

    /// How many gaps are told apart.
    private static let gapLimit = 100

    /// How far the clocks of two nodes, which both follow that of Redis, may be apart, in microseconds; also how late
    /// an event of another node comes at most before the connection counts as dead.
    private static let slack: UInt64 = 15_000_000

    private let namespace: String
    private var journal = RecoveryJournal(maxPackets: .max, maxBytes: .max)
    /// The number in ``journal`` of each entry; of a mark, that of the event before it.
    private var numbers: [EventID: Int] = [:]
    /// The last entry of each node.
    private var last: [EventID: UInt64] = [:]
    /// Entries before which others of the same node are missing.
    private var gaps: [Gap] = []
    private var begin: UInt64?

    /// An empty one.
    /// - Parameter namespace: with its leading slash.
    public init(namespace: String) {
        self.namespace = namespace
    }

    /// The next entry of the journal was read.
    /// - Parameters:
    ///   - entry: the entry.
    ///   - time: when Redis took it, in milliseconds; never earlier than before.
    public mutating func append(_ entry: JournalEntry, at time: UInt64) {
        let origin = entry.id.with(number: 0)
        let expected = last.updateValue(entry.id.number, forKey: origin)
        let begin = self.begin ?? EventID.number(atMilliseconds: time)
        self.begin = begin
        if let event = entry.event {
            numbers[entry.id] = journal.append(
                event.arguments, in: namespace, to: event.options, at: .milliseconds(Int64(clamping: time)))
        } else {
            numbers[entry.id] = journal.last
        }
        // Who says that there was none before has not sent anything for long, or is new.
        let isGap = entry.previous > 0 && expected.map { $0 != entry.previous } ?? (entry.previous > begin + Self.slack)
        guard isGap else { return }
        // Of many, the latest stands for all: as one that nobody can have received.
        if gaps.count >= Self.gapLimit { gaps = [Gap(number: journal.last, last: EventID(number: .max))] }
        gaps.append(Gap(number: journal.last, last: entry.id.with(number: entry.previous)))
    }

    /// Time has passed.
    /// - Parameter time: entries that Redis took before are not needed any more, in milliseconds.
    public mutating func removeAll(before time: UInt64) {
        let count = journal.count
        journal.removeAll(before: .milliseconds(Int64(clamping: time)))
        guard journal.count < count || numbers.count > 2 * journal.count + 64 else { return }
        let first = journal.last - journal.count
        gaps.removeAll { $0.number <= first }
        numbers = numbers.filter { $0.value >= first }
    }

    /// Whether nothing is kept.
    public var isEmpty: Bool { journal.count == 0 }

    /// What a client has missed.
    /// - Parameters:
    ///   - offset: what it has received, as it says.
    ///   - received: what is to be left out, because it has received that, too.
    ///   - rooms: the rooms that it was in, its own id included.
    ///   - history: of the journal.
    ///   - isPartial: whether nodes receive only what is for rooms of theirs: then the last event of another node may be
    ///     from long before the client joined.
    /// - Returns: the events in the order of the journal; `nil` if that is not known.
    public func missed(
        after offset: RecoveryOffset, _ received: ReceivedEvents, by rooms: Set<String>, _ history: History,
        isPartial: Bool
    ) -> [Missed]? {
        guard let start = place(of: offset.position, history), isComplete(after: start, offset),
            let packets = journal.missed(after: start, in: namespace, by: rooms)
        else { return nil }
        var reached = offset
        return packets.compactMap { packet in
            guard let id = packet.options.flags.event, !received.contains(id) else { return nil }
            if id.hasOrigin(of: offset.own) {
                guard id.number > offset.own.number else { return nil }
                reached.own = id
            } else {
                let isOld = isPartial && id.number + Self.slack < offset.own.number
                guard !packet.options.flags.local, !isOld else { return nil }
                reached.position = id
            }
            return Missed(offset: reached, packet: packet)
        }
    }

    /// Whether nothing is missing behind a number. What the client's own node had delivered itself may be.
    private func isComplete(after start: Int, _ offset: RecoveryOffset) -> Bool {
        gaps.allSatisfy { gap in
            gap.number <= start || gap.last.hasOrigin(of: offset.own) && gap.last.number <= offset.own.number
        }
    }

    /// The number of the last event that is not missing; `nil` if it is not known.
    private func place(of position: EventID, _ history: History) -> Int? {
        if let number = numbers[position] { return number }
        // It is not there any more, which must be because of its age, and of nothing else.
        let horizon = history.horizon
        guard position.number < horizon, history.since < horizon, history.dropped < horizon else { return nil }
        return 0
    }
}
