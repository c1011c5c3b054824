import SocketIO
import Testing

@Suite struct AcknowledgementTableTests {
    @Test("Ids count up and are never used twice")
    func ids() {
        var table = AcknowledgementTable<String>()
        #expect(table.add("a") == 0)
        #expect(table.add("b") == 1)
        #expect(table.remove(1) == "b")
        #expect(table.add("c") == 2)
        #expect(table.count == 2)
    }

    @Test("An acknowledgement is found once; an unknown id finds nothing")
    func remove() {
        var table = AcknowledgementTable<String>()
        #expect(table.add("a") == 0)
        #expect(table.remove(0) == "a")
        #expect(table.remove(0) == nil)
        #expect(table.remove(-1) == nil)
        #expect(table.remove(1 << 53) == nil)
    }

    @Test("Only so many may wait at the same time")
    func limit() {
        var table = AcknowledgementTable<Int>(limit: 2)
        #expect(table.add(0) == 0)
        #expect(table.add(1) == 1)
        #expect(table.add(2) == nil)
        #expect(table.remove(0) == 0)
        #expect(table.add(2) == 2)
    }

    @Test("Removing all gives the oldest first and leaves nothing")
    func removeAll() {
        var table = AcknowledgementTable<Int>()
        for entry in 0..<100 { #expect(table.add(entry) == entry) }
        #expect(table.removeAll() == Array(0..<100))
        #expect(table.count == 0)
        #expect(table.remove(5) == nil)
        #expect(table.add(7) == 100)
    }
}
