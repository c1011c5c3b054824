import Cluster
import SocketIO
import Testing

@Suite("Shared journal")
struct SharedJournalTests {
    private typealias History = SharedJournal.History

    /// What happened to it, by default nothing: it has been there for long, and everything of the last 100 seconds is in it.
    private static let history = History(now: 1_000_000_000, since: 0, dropped: 0, lifetime: 100_000_000)
    /// The moment of the first entry, in microseconds; entries are a millisecond apart.
    private static let first: UInt64 = 950_000_000

    private let nodes: [NodeTag]
    private var journal = SharedJournal(namespace: "/")
    private var previous: [Int: UInt64] = [:]
    private var last = Self.first

    init() throws {
        nodes = try ["AAAAAA", "BBBBBB", "CCCCCC"].map { try #require(NodeTag($0)) }
        for node in 0..<3 { previous[node] = mark(node).number }
    }

    /// An entry of a node is written, and read if it is not lost.
    @discardableResult
    private mutating func write(
        _ node: Int, _ event: JournalEntry.Event?, isLost: Bool = false
    ) -> EventID {
        last += 1_000
        let id = EventID(node: nodes[node], number: last)
        var event = event
        event?.options.flags.event = id
        if !isLost {
            journal.append(JournalEntry(id: id, previous: previous[node] ?? 0, event: event), at: last / 1_000)
        }
        previous[node] = last
        return id
    }

    @discardableResult
    private mutating func mark(_ node: Int) -> EventID { write(node, nil) }

    @discardableResult
    private mutating func send(
        _ node: Int, _ text: Value, to rooms: String..., except: [String] = [], isLocal: Bool = false,
        isLost: Bool = false
    ) -> EventID {
        var options = BroadcastOptions(rooms: rooms, except: except)
        options.flags.local = isLocal
        return write(node, JournalEntry.Event(arguments: [text], options: options), isLost: isLost)
    }

    private func missed(
        _ own: EventID, _ position: EventID, _ received: ReceivedEvents = ReceivedEvents(),
        _ history: SharedJournal.History = Self.history, isPartial: Bool = false
    ) -> [SharedJournal.Missed]? {
        let offset = RecoveryOffset(own: own, position: position)
        return journal.missed(after: offset, received, by: ["id", "r"], history, isPartial: isPartial)
    }

    private func texts(_ missed: [SharedJournal.Missed]?) -> [Value]? {
        missed?.map { $0.packet.event[0] ?? .null }
    }

    @Test("what others sent counts from the position, what the node itself sent from its number")
    mutating func order() {
        let position = send(1, "received")
        let own = send(0, "received from the own node", to: "r")
        send(2, "c", to: "r")
        let later = send(0, "a")
        let end = send(1, "b", to: "id")
        send(1, "not for it", to: "s")
        send(1, "not for it either", except: ["r"])
        let found = missed(own, position)
        #expect(texts(found) == ["c", "a", "b"])
        #expect(found?.last?.offset == RecoveryOffset(own: later, position: end))
        #expect(texts(missed(later, end)) == [])
    }

    @Test("every missed event says what has been received with it: who got only some, gets the others")
    mutating func offsets() throws {
        let (own, position) = (mark(0), mark(1))
        for number in 0..<Int64(10) { send(Int(number) % 3, .int(number)) }
        let found = try #require(missed(own, position))
        for (index, event) in found.enumerated() {
            let rest = missed(event.offset.own, event.offset.position)
            #expect(texts(rest) == (Int64(index) + 1..<10).map { .int($0) })
        }
    }

    @Test("what has been received besides is left out")
    mutating func received() {
        let (own, position) = (mark(0), mark(1))
        let first = send(2, "c")
        send(1, "b")
        var received = ReceivedEvents()
        received.insert(first)
        #expect(texts(missed(own, position, received)) == ["b"])
        send(2, "c again")
        #expect(texts(missed(own, position, received)) == ["b", "c again"])
    }

    @Test("what a node sent to its own sockets only is for those it had, and for nobody else's")
    mutating func local() {
        let (own, position) = (mark(0), mark(1))
        send(0, "own", isLocal: true)
        send(1, "of another", isLocal: true)
        #expect(texts(missed(own, position)) == ["own"])
    }

    @Test("if an entry is missing, nothing is known of what was before it, and everything of what came after")
    mutating func gap() {
        let (own, position) = (mark(0), mark(1))
        send(1, "lost", isLost: true)
        #expect(texts(missed(own, position)) == [])
        let after = send(1, "next")
        #expect(missed(own, position) == nil)
        send(1, "later")
        #expect(texts(missed(own, after)) == ["later"])
    }

    @Test("an entry that is missing does not matter to whom its node had delivered it itself")
    mutating func ownGap() {
        let position = mark(1)
        let own = send(0, "delivered, then lost", isLost: true)
        send(0, "next")
        #expect(texts(missed(own, position)) == ["next"])
        #expect(missed(EventID(node: nodes[2], number: last), position) == nil)
    }

    @Test("of very many gaps, the latest stands for all")
    mutating func manyGaps() {
        let (own, position) = (mark(0), mark(1))
        for _ in 0..<150 {
            send(1, "lost", isLost: true)
            send(1, "read")
        }
        let after = send(1, "after")
        send(2, "missed")
        #expect(missed(own, position) == nil)
        #expect(texts(missed(own, after)) == ["missed"])
    }

    @Test("a position that is not there must be too old to be")
    mutating func unknown() {
        send(1, "b")
        let own = EventID(node: nodes[0], number: Self.first)
        let old = EventID(node: nodes[1], number: 899_999_999)
        let young = EventID(node: nodes[1], number: 900_000_001)
        #expect(texts(missed(own, old)) == ["b"])
        #expect(missed(own, young) == nil)
        #expect(missed(own, EventID(node: nodes[1], number: EventID.largestNumber)) == nil)
        for history in [
            History(now: 1_000_000_000, since: 900_000_000, dropped: 0, lifetime: 100_000_000),
            History(now: 1_000_000_000, since: 0, dropped: 900_000_000, lifetime: 100_000_000),
        ] {
            #expect(missed(own, old, ReceivedEvents(), history) == nil)
        }
    }

    @Test("where nodes receive only a part, what is long before the client's last event is not for it")
    mutating func partial() {
        let (before, position) = (mark(0), mark(1))
        send(2, "long ago")
        last += 20_000_000
        send(2, "of late")
        let own = mark(0)
        #expect(texts(missed(own, position, isPartial: true)) == ["of late"])
        #expect(texts(missed(own, position)) == ["long ago", "of late"])
        #expect(texts(missed(before, position, isPartial: true)) == ["long ago", "of late"])
    }

    @Test("what is too old goes, and with it what was known of it")
    mutating func age() {
        let (own, position) = (mark(0), mark(1))
        for number in 0..<Int64(200) { send(1, .int(number)) }
        journal.removeAll(before: last / 1_000)
        #expect(!journal.isEmpty)
        #expect(missed(own, position) == nil)
        journal.removeAll(before: .max)
        #expect(journal.isEmpty)
    }

    @Test("moments that no clock tells are moments all the same", arguments: [UInt64.max, UInt64.max / 1_000, 0])
    mutating func strangeTimes(_ time: UInt64) {
        let id = EventID(node: nodes[0], number: .max)
        var journal = SharedJournal(namespace: "/")
        journal.append(JournalEntry(id: id, previous: EventID.largestNumber), at: time)
        journal.append(JournalEntry(id: id, previous: 1), at: .max)
        let offset = RecoveryOffset(own: id, position: EventID(node: nodes[1], number: 0))
        let history = History(now: time, since: .max, dropped: .max, lifetime: .max)
        #expect(journal.missed(after: offset, ReceivedEvents(), by: [], history, isPartial: true) == nil)
        journal.removeAll(before: time)
    }
}
