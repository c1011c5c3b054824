import NIOCore
import Testing

@testable import SocketIO

@Suite struct ArgumentsTests {
    let mixed: Arguments = [1, "two, [2]", ["three": [3, "}"]], nil]

    @Test("Values become JSON with commas and no brackets")
    func encoding() {
        #expect(String(buffer: mixed.json) == #"1,"two, [2]",{"three":[3,"}"]},null"#)
        #expect(mixed.count == 4)
        #expect(Arguments().isEmpty)
        #expect(Arguments().json.readableBytes == 0)
        #expect(Arguments(1, "a") == [1, "a"])
    }

    @Test("An object that is sent often has the JSON of its value", arguments: ["", "Ann", "\u{1F600}", "a \"b\"\n"])
    func object(text: String) {
        let written = Arguments(object: ["name": .text(text), "yes": .bool(true), "no": .bool(false)])
        #expect(written.json == Arguments(["name": .string(text), "yes": true, "no": false]).json)
        #expect(written.count == 1)
        #expect(Arguments(object: [:]).json == Arguments([:] as Value).json)
    }

    @Test("Arguments are decoded one by one or all together; beyond the end there is nil")
    func decoding() {
        #expect(mixed[0] == 1)
        #expect(mixed[1]?.string == "two, [2]")
        #expect(mixed[2] == ["three": [3, "}"]])
        #expect(mixed[3] == .null)
        #expect(mixed[4] == nil)
        #expect(mixed[-1] == nil)
        #expect(mixed.values == [1, "two, [2]", ["three": [3, "}"]], nil])
        #expect(Arguments()[0] == nil)
        #expect(Arguments().values == [])
    }

    @Test("One argument as JSON shares the bytes and has no white space around it")
    func rawJSON() throws {
        let arguments = Self.unchecked(#" 1 , {"a": 2} , "x" "#, count: 3)
        #expect(arguments.json(at: 0).map { String(buffer: $0) } == "1")
        #expect(arguments.json(at: 1).map { String(buffer: $0) } == #"{"a": 2}"#)
        #expect(arguments.json(at: 2).map { String(buffer: $0) } == #""x""#)
        #expect(arguments.json(at: 3) == nil)
        #expect(arguments.values == [1, ["a": 2], "x"])
    }

    @Test("Dropping from the front keeps the bytes of the rest")
    func dropFirst() {
        let arguments = Self.unchecked(#""name" , 1.0 , {"a" : 2}"#, count: 3)
        #expect(String(buffer: arguments.dropFirst().json) == #"1.0 , {"a" : 2}"#)
        #expect(arguments.dropFirst().count == 2)
        #expect(arguments.dropFirst(2).values == [["a": 2]])
        #expect(arguments.dropFirst(3).isEmpty)
        #expect(arguments.dropFirst(100).isEmpty)
        #expect(arguments.dropFirst(0) == arguments)
        #expect(arguments.dropFirst(-1) == arguments)
    }

    @Test("Taking from the front keeps the bytes, without the comma")
    func prefix() {
        let arguments = Self.unchecked(#""a,b" , [1,2] ,3"#, count: 3)
        #expect(arguments.prefix(1).values == ["a,b"])
        #expect(arguments.prefix(2).values == ["a,b", [1, 2]])
        #expect(arguments.prefix(3) == arguments)
        #expect(arguments.prefix(9) == arguments)
        #expect(arguments.prefix(0).isEmpty)
        #expect(arguments.prefix(-1).isEmpty)
    }

    @Test("Parts of arguments with attachments keep each attachment with its placeholder")
    func partsWithAttachments() {
        let arguments: Arguments = ["name", .bytes(1), 5, ["k": .bytes(2)]]
        #expect(arguments.dropFirst().values == [.bytes(1), 5, ["k": .bytes(2)]])
        #expect(arguments.dropFirst().attachments.count == 2)
        #expect(arguments.dropFirst(2).values == [5, ["k": .bytes(2)]])
        #expect(arguments.dropFirst(2).attachments.count == 1)
        #expect(arguments.prefix(2).values == ["name", .bytes(1)])
        #expect(arguments.prefix(2).attachments.count == 1)
        #expect(arguments.prefix(1).attachments.isEmpty)
        #expect(arguments[1] == .bytes(1))
        #expect(arguments[3] == ["k": .bytes(2)])
    }

    @Test("Appending joins bytes, and numbers the placeholders anew when both have attachments")
    func appending() {
        #expect(mixed.appending([]) == mixed)
        #expect(Arguments().appending(mixed) == mixed)
        #expect(String(buffer: (["a"] as Arguments).appending([1, 2]).json) == #""a",1,2"#)
        let first: Arguments = [.bytes(1)]
        let second: Arguments = ["x", [.bytes(2), .bytes(3)]]
        #expect(first.appending(second).values == [.bytes(1), "x", [.bytes(2), .bytes(3)]])
        #expect(first.appending(second).attachments.count == 3)
        #expect(first.appending(["y"]).values == [.bytes(1), "y"])
        #expect((["y"] as Arguments).appending(first).values == ["y", .bytes(1)])
    }

    @Test("Name and arguments go together without decoding, and apart again")
    func eventName() {
        let arguments = Self.unchecked(#"1.0,  "x""#, count: 2)
        let event = Arguments(event: "say \"hi\"", arguments)
        #expect(String(buffer: event.json) == #""say \"hi\"",1.0,  "x""#)
        #expect(event.eventName == "say \"hi\"")
        #expect(event.dropFirst() == arguments)
        #expect(String(buffer: Arguments(event: "a", []).json) == "\"a\"")
        #expect(Arguments(event: "a", [.bytes(1)]).values == ["a", .bytes(1)])
        #expect(Arguments().eventName == nil)
        #expect(([true] as Arguments).eventName == nil)
        #expect(([7] as Arguments).eventName == "7")
    }

    @Test("Arguments are equal when their values are, however they are written")
    func equality() {
        #expect(Self.unchecked(#"1.0, {"a" : "\u0041"}"#, count: 2) == [1, ["a": "A"]])
        #expect(([1] as Arguments) != [2])
        #expect(([1] as Arguments) != [1, 1])
        #expect(([.bytes(1)] as Arguments) != [.bytes(2)])
    }

    @Test("Any arguments survive being split and joined at every place", arguments: 0..<20)
    func splitAndJoin(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let values = (0..<5).map { _ in Value.random(depth: 2, binary: true, using: &generator) }
            let arguments = Arguments(values)
            for place in 0...5 {
                #expect(arguments.prefix(place).values == Array(values.prefix(place)))
                #expect(arguments.dropFirst(place).values == Array(values.dropFirst(place)))
                #expect(arguments.prefix(place).appending(arguments.dropFirst(place)).values == values)
            }
        }
    }

    static func unchecked(_ json: String, count: Int) -> Arguments {
        Arguments(uncheckedJSON: ByteBuffer(string: json), count: count, attachments: [])
    }
}
