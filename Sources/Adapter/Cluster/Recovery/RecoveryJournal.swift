import NIOCore
public import SocketIO

/// The events that were sent lately, for clients that lost their connection meanwhile: oldest first, numbered.
///
/// A value: no clock, no lock. Events are found by room, so restoring one client costs what it missed, not what was sent
/// to everybody else. Bounded by age, number and bytes; the oldest go first.
///
/// ```swift
/// var journal = RecoveryJournal(maxPackets: 1000, maxBytes: 1 << 20)
/// let number = journal.append(event, in: "/", to: BroadcastOptions(rooms: ["news"]), at: now)
/// let missed = journal.missed(after: number - 1, in: "/", by: ["<socket id>", "news"])  // [that event]
/// ```
public struct RecoveryJournal: Sendable {
    /// An event that a client may have missed.
    public struct Packet: Sendable {
        /// Its number, by which clients say what they have received.
        public let number: Int
        /// Event name and arguments.
        public let event: Arguments
        /// Whom it went to, and how.
        public let options: BroadcastOptions
    }

    private struct Entry {
        var packet: Packet
        var namespace: String
        var size: Int
        var time: Duration
    }

    /// The addressees of an event: a room of a namespace, or everybody in it.
    private struct Addressee: Hashable {
        var namespace: String
        var room: String?
    }

    /// How many events are kept at most.
    public let maxPackets: Int
    /// How many bytes they may have in all, as counted by ``bytes``.
    public let maxBytes: Int
    /// What the events kept take, in bytes: JSON, attachments, names of rooms, and a flat rate for the rest.
    public private(set) var bytes = 0
    /// How many events were dropped because of ``maxPackets`` or ``maxBytes``.
    public private(set) var dropped = 0
    private var entries = CircularBuffer<Entry>()
    private var numbers: [Addressee: NumberQueue] = [:]
    private var lastDropped = 0

    /// The number of the last event, 0 before the first.
    public private(set) var last = 0

    /// An empty journal.
    /// - Parameters:
    ///   - maxPackets: how many events are kept at most.
    ///   - maxBytes: how many bytes they may have in all.
    public init(maxPackets: Int, maxBytes: Int) {
        self.maxPackets = maxPackets
        self.maxBytes = maxBytes
    }

    /// How many events are kept.
    public var count: Int { entries.count }

    /// When the oldest event was sent; `nil` if none is kept.
    public var oldest: Duration? { entries.first?.time }

    /// An event is sent.
    /// - Parameters:
    ///   - event: event name and arguments; binary content is copied, so that it keeps no larger buffer alive.
    ///   - namespace: the namespace, with its leading slash.
    ///   - options: whom it goes to.
    ///   - time: now, counted from any fixed instant; never earlier than before.
    /// - Returns: its number, one higher than the last.
    public mutating func append(
        _ event: Arguments, in namespace: String, to options: BroadcastOptions, at time: Duration
    ) -> Int {
        last += 1
        let packet = Packet(number: last, event: event.detached, options: options)
        let entry = Entry(packet: packet, namespace: namespace, size: Self.size(event, options), time: time)
        for addressee in Self.addressees(entry) { numbers[addressee, default: NumberQueue()].append(last) }
        entries.append(entry)
        bytes += entry.size
        while entries.count > maxPackets || bytes > maxBytes {
            lastDropped = entries[entries.startIndex].packet.number
            dropped += 1
            removeFirst()
        }
        return last
    }

    /// Time has passed.
    /// - Parameter time: events that were sent before are not needed any more: whoever could have missed them has come
    ///   back, or is given up.
    public mutating func removeAll(before time: Duration) {
        while let oldest, oldest < time { removeFirst() }
    }

    /// Whether it can be told what was missed after an event.
    /// - Parameter number: of the last event that a client received, 0 for none.
    /// - Returns: `false` for numbers that were never given, and if a later event had to be dropped.
    public func reaches(_ number: Int) -> Bool { number <= last && number >= lastDropped }

    /// What a client has missed.
    /// - Parameters:
    ///   - number: of the last event that it received, 0 for none.
    ///   - namespace: the namespace.
    ///   - rooms: the rooms that it was in, its own id included.
    /// - Returns: the events in order; `nil` if that cannot be told any more.
    public func missed(after number: Int, in namespace: String, by rooms: Set<String>) -> [Packet]? {
        guard reaches(number) else { return nil }
        var found = numbers[Addressee(namespace: namespace)]?.all(after: number) ?? []
        for room in rooms { found += numbers[Addressee(namespace: namespace, room: room)]?.all(after: number) ?? [] }
        // An event for several rooms of the client is in the list of each.
        var previous = 0
        return found.sorted().compactMap { number in
            guard number != previous, let packet = packet(number) else { return nil }
            previous = number
            return packet.options.except.contains { rooms.contains($0) } ? nil : packet
        }
    }

    private func packet(_ number: Int) -> Packet? {
        guard let first = entries.first?.packet.number else { return nil }
        return entries[entries.index(entries.startIndex, offsetBy: number - first)].packet
    }

    private mutating func removeFirst() {
        let entry = entries.removeFirst()
        bytes -= entry.size
        for addressee in Self.addressees(entry) {
            if numbers[addressee]?.removeAll(through: entry.packet.number) == true { numbers[addressee] = nil }
        }
    }

    private static func addressees(_ entry: Entry) -> [Addressee] {
        let rooms = entry.packet.options.rooms
        guard !rooms.isEmpty else { return [Addressee(namespace: entry.namespace)] }
        return rooms.map { Addressee(namespace: entry.namespace, room: $0) }
    }

    /// What an entry takes: its content, and some 200 bytes for its place here and in the lists of its addressees.
    private static func size(_ event: Arguments, _ options: BroadcastOptions) -> Int {
        let names = (options.rooms + options.except).reduce(0) { $0 + $1.utf8.count + 64 }
        return event.json.readableBytes + event.attachments.reduce(0) { $0 + $1.readableBytes } + names + 200
    }
}

extension RecoveryJournal.Packet {
    /// What it adds to a message, in bytes.
    public var size: Int { event.json.readableBytes + event.attachments.reduce(0) { $0 + $1.readableBytes } }
}

/// Numbers in ascending order, taken away at the front.
private struct NumberQueue {
    private var numbers: [Int] = []
    private var start = 0

    mutating func append(_ number: Int) { numbers.append(number) }

    /// Removes numbers up to this one.
    /// - Returns: whether none is left.
    mutating func removeAll(through number: Int) -> Bool {
        while start < numbers.count, numbers[start] <= number { start += 1 }
        if start > 32, start * 2 > numbers.count {
            numbers.removeFirst(start)
            start = 0
        }
        return start == numbers.count
    }

    func all(after number: Int) -> [Int] {
        var (low, high) = (start, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] <= number { low = middle + 1 } else { high = middle }
        }
        return Array(numbers[low...])
    }
}

extension Arguments {
    /// These arguments in memory of their own: what came from a client shares the buffer that it was read into.
    fileprivate var detached: Arguments {
        guard !attachments.isEmpty else { return self }
        let copies = attachments.map { ByteBuffer($0.readableBytesView) }
        return Arguments(uncheckedJSON: json, count: count, attachments: copies)
    }
}
