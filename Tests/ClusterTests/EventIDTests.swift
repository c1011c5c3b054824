import Cluster
import Testing

@Suite("Names of events")
struct EventIDTests {
    private static let wrong = [
        "", "AAAAAA", "AAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAA", "AAAAA AAAAAAAAA", "AAAAAAAAAAAAAA=", "AAAAAAAAAAAAAA\u{0}",
        "AAAAAAAAAAAAAé", "éAAAAAAAAAAAAA", "AAAAAAA\u{301}AAAAAAA", "😀AAAAAAAAAAA", "AAAAAAAAAAAAAAA\u{301}",
    ]

    @Test(
        "an id is its node and its number, as 15 characters", arguments: [0, 1, 63, 64, 1 << 53, EventID.largestNumber])
    func text(_ number: UInt64) throws {
        let id = EventID(node: try #require(NodeTag("aZ09-_")), number: number)
        #expect(id.description.hasPrefix("aZ09-_") && id.description.utf8.count == EventID.length)
        #expect(EventID(id.description) == id)
        #expect(EventID.number(EventID.text(number).utf8) == number)
    }

    @Test("numbers grow as their texts do in the order of the alphabet, and end at the largest")
    func numbers() throws {
        let tag = try #require(NodeTag("AAAAAA"))
        #expect(EventID(node: tag, number: 0).description == "AAAAAAAAAAAAAAA")
        #expect(EventID(node: tag, number: 64).description == "AAAAAAAAAAAAABA")
        #expect(EventID(node: tag, number: EventID.largestNumber).description == "AAAAAA_________")
        #expect(EventID(node: tag, number: .max) == EventID(node: tag, number: EventID.largestNumber))
    }

    @Test("anything else is no id", arguments: wrong)
    func refused(_ text: String) {
        #expect(EventID(text) == nil)
    }

    @Test("an offset is two ids, and anything else is none", arguments: wrong)
    func offsets(_ text: String) throws {
        let known = "AAAAAAAAAAAAAAA"
        let offset = try #require(RecoveryOffset(known + "node_1____-____"))
        #expect(offset.text == known + "node_1____-____")
        #expect(offset.position.hasOrigin(of: EventID(node: try #require(NodeTag("node_1")), number: 1)))
        for wrong in [text, text + known, known + text, String(repeating: text, count: 2), known + known + text]
        where wrong != known + known {
            #expect(RecoveryOffset(wrong) == nil)
        }
        #expect(RecoveryOffset(String(repeating: known, count: 10_000)) == nil)
    }

    @Test("the head of a journal's entry is an id, the number before it, and who gets it", arguments: wrong)
    func heads(_ text: String) throws {
        let head = "node_1AAAAAAAAEAAAAAAAAD"
        #expect(JournalEntry(head: head, body: nil, namespace: "/")?.previous == 3)
        #expect(JournalEntry(head: head, body: nil, namespace: "/")?.head == head)
        for wrong in [text, head + text, text + head, head + "l", head + "LL", "L" + head]
        where wrong != head {
            #expect(JournalEntry(head: wrong, body: nil, namespace: "/") == nil)
        }
    }
}
