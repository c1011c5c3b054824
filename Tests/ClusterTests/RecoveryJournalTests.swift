import Cluster
import NIOCore
import SocketIO
import Testing

@Suite("Recovery journal")
struct RecoveryJournalTests {
    var journal = RecoveryJournal(maxPackets: 100, maxBytes: 1 << 20)

    @discardableResult
    mutating func send(
        _ value: Value, to rooms: String..., except: [String] = [], in namespace: String = "/", at second: Int = 0
    ) -> Int {
        journal.append(
            [value], in: namespace, to: BroadcastOptions(rooms: rooms, except: except), at: .seconds(second))
    }

    func missed(after number: Int, in namespace: String = "/", by rooms: Set<String>) -> [Value]? {
        journal.missed(after: number, in: namespace, by: rooms)?.map { $0.event[0] ?? .null }
    }

    @Test("events count from 1, and what comes after one was missed")
    mutating func after() {
        #expect(journal.last == 0)
        let first = send("a")
        #expect(first == 1)
        send("b")
        send("c")
        #expect(journal.last == 3)
        #expect(missed(after: 0, by: []) == ["a", "b", "c"])
        #expect(missed(after: first, by: []) == ["b", "c"])
        #expect(missed(after: 3, by: []) == [])
    }

    @Test("numbers that were never given are not known")
    mutating func unknown() {
        send("a")
        #expect(missed(after: 2, by: []) == nil)
        #expect(missed(after: -1, by: []) == nil)
        #expect(journal.missed(after: .max, in: "/", by: []) == nil)
    }

    @Test("a member misses what goes to everybody or to a room of its own, in order, each once")
    mutating func rooms() {
        send("one", to: "r")
        send("all")
        send("other", to: "s")
        send("both", to: "r", "q", "r")
        send("alone", to: "id")
        #expect(missed(after: 0, by: ["id", "r", "q"]) == ["one", "all", "both", "alone"])
        #expect(missed(after: 0, by: ["id"]) == ["all", "alone"])
        #expect(missed(after: 2, by: ["s"]) == ["other"])
    }

    @Test("what excepts a room of the member was not missed")
    mutating func except() {
        send("without r", except: ["r"])
        send("without me", to: "q", except: ["id"])
        send("without others", to: "q", except: ["other"])
        #expect(missed(after: 0, by: ["id", "q", "r"]) == ["without others"])
        #expect(missed(after: 0, by: ["x", "q"]) == ["without r", "without me", "without others"])
    }

    @Test("namespaces are apart")
    mutating func namespaces() {
        send("here", to: "r")
        send("there", to: "r", in: "/x")
        send("all there", in: "/x")
        #expect(missed(after: 0, by: ["r"]) == ["here"])
        #expect(missed(after: 0, in: "/x", by: ["r"]) == ["there", "all there"])
    }

    @Test("what is too old goes, and whoever asks for older gets what is left")
    mutating func age() {
        for second in 1...5 { send(.int(Int64(second)), to: "r", at: second) }
        journal.removeAll(before: .seconds(4))
        #expect(journal.oldest == .seconds(4))
        #expect(journal.dropped == 0)
        #expect(missed(after: 1, by: ["r"]) == [4, 5])
        journal.removeAll(before: .seconds(6))
        #expect((journal.count, journal.bytes, journal.oldest) == (0, 0, nil))
        #expect(missed(after: 1, by: ["r"]) == [])
        send(6, to: "r", at: 6)
        #expect(missed(after: 5, by: ["r"]) == [6])
    }

    @Test("over the number allowed the oldest goes, and whoever may have missed it cannot be served")
    mutating func count() {
        journal = RecoveryJournal(maxPackets: 2, maxBytes: 1 << 20)
        for number in 1...4 { send(.int(Int64(number))) }
        #expect((journal.count, journal.dropped) == (2, 2))
        #expect(missed(after: 1, by: []) == nil)
        #expect(!journal.reaches(1))
        #expect(missed(after: 2, by: []) == [3, 4])
    }

    @Test("so it is over the bytes allowed; binary content counts")
    mutating func bytes() {
        journal = RecoveryJournal(maxPackets: 100, maxBytes: 5000)
        send(.binary(ByteBuffer(repeating: 7, count: 2000)))
        let size = journal.bytes
        #expect(size > 2000)
        send(.binary(ByteBuffer(repeating: 8, count: 2000)))
        #expect(journal.bytes == 2 * size)
        send(.string(String(repeating: "a", count: 2000)))
        #expect((journal.count, journal.dropped) == (2, 1))
        send(.string(String(repeating: "a", count: 6000)))
        #expect((journal.count, journal.bytes, journal.dropped) == (0, 0, 4))
        #expect(missed(after: 3, by: []) == nil)
        #expect(missed(after: 4, by: []) == [])
    }

    @Test("it agrees with a plain list, whatever happens")
    mutating func random() {
        journal = RecoveryJournal(maxPackets: 40, maxBytes: 1 << 20)
        var generator = SystemRandomNumberGenerator()
        let names = ["a", "b", "c", "d"]
        func subset() -> [String] { names.filter { _ in generator.next() % 4 == 0 } }
        var list: [(number: Int, rooms: [String], except: [String])] = []
        for second in 0..<500 {
            let (rooms, except) = (subset(), subset())
            let options = BroadcastOptions(rooms: rooms, except: except)
            list.append((journal.append([1], in: "/", to: options, at: .seconds(second)), rooms, except))
            if generator.next() % 10 == 0 { journal.removeAll(before: .seconds(second - 20)) }
            let mine = Set(subset())
            let start = Int.random(in: max(0, second - 60)...(second + 1), using: &generator)
            let expected = list.suffix(journal.count).filter { entry in
                entry.number > start && (entry.rooms.isEmpty || !mine.isDisjoint(with: entry.rooms))
                    && mine.isDisjoint(with: entry.except)
            }
            guard let found = journal.missed(after: start, in: "/", by: mine) else {
                #expect(!journal.reaches(start))
                continue
            }
            #expect(found.map(\.number) == expected.map(\.number))
        }
        #expect(journal.dropped > 0)
    }
}
