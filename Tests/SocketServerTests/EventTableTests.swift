import SocketIO
import Testing

@testable import SocketServer

@Suite("What is registered for events")
struct EventTableTests {
    /// Names of all lengths around those of words, alike but for their first or last characters.
    private static let names: [EventName] = (0..<100).flatMap { number in
        let filling = String(repeating: "x", count: number / 4)
        return [EventName("\(number)\(filling)"), EventName("\(filling)-\(number)")]
    }

    @Test("is found by every name, however many there are, and by no other")
    func find() {
        var table = EventTable<Int>()
        #expect(table.isEmpty)
        #expect(table["a"] == nil)
        for (number, name) in Self.names.enumerated() {
            #expect(table[name] == nil)
            table[name] = number
        }
        for (number, name) in Self.names.enumerated() { #expect(table[name] == number) }
        #expect(table.names == Self.names)
        #expect(table[""] == nil)
    }

    @Test("is replaced, and gone when it was removed, which disturbs no other")
    func change() {
        var table = EventTable<Int>()
        for (number, name) in Self.names.enumerated() { table[name] = number }
        for (number, name) in Self.names.enumerated() where number % 3 > 0 {
            table[name] = number % 3 == 1 ? nil : -number
        }
        table["unknown"] = nil
        for (number, name) in Self.names.enumerated() {
            #expect(table[name] == ([number, nil, -number] as [Int?])[number % 3])
        }
        for name in Self.names { table[name] = nil }
        #expect(table.isEmpty)
        #expect(table["a"] == nil)
    }

    @Test("names have the fingerprint of their bytes, wherever these are")
    func fingerprints() throws {
        for name in Self.names { #expect(EventName(name.string).fingerprint == name.fingerprint) }
        #expect(Set(Self.names.map(\.fingerprint)).count == Self.names.count)
        #expect(EventName("").fingerprint == EventName("").fingerprint)
    }
}
