import NIOCore
import Testing

@testable import SocketIO

@Suite("From JSON to MessagePack and back without values")
struct TranscodingTests {
    private func messagePack(_ values: [Value]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for value in values { value.writeMessagePack(to: &buffer) }
        return buffer
    }

    private func transcoded(_ arguments: Arguments) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeMessagePack(arguments)
        return buffer
    }

    @Test("arguments come out byte for byte as their values do", arguments: 0..<200)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let values =
            ["event"]
            + (0..<4).map { _ in
                Value.random(depth: 4, binary: seed.isMultiple(of: 2), using: &generator)
            }
        let arguments = Arguments(values)
        let written = transcoded(arguments)
        #expect(written == messagePack(arguments.values))
        var array = messagePack([.array(values)])
        array = ByteBuffer(bytes: [0xC0] + array.readableBytesView)
        let read = try #require(try Arguments(eventInMessagePack: array, at: 1))
        #expect(read == Arguments(try #require(try Value(messagePack: messagePack([.array(values)])).array)))
    }

    @Test(
        "text as clients may write it",
        arguments: [
            #"" \"\\\/\b\f\n\r\t\u0041\ud83d\ude00\ud83d é 字""#, "1.0", "-0", "1e3", "1E400", "12345678901234567890123",
            " [ 1 , [ ] , { } ] ", #"{ "a" : [ null , true , false ] , "b" : { } }"#,
            "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]]",
        ])
    func texts(json: String) throws {
        let arguments = Arguments(uncheckedJSON: ByteBuffer(string: json), count: 1, attachments: [])
        #expect(transcoded(arguments) == messagePack([try Value(jsonText: json)]))
    }

    @Test("lengths of containers, beyond each form's limit", arguments: [15, 16, 65_535, 65_536])
    func lengths(count: Int) throws {
        let object = Value.Object((0..<count).map { Value.Object.Member(key: String($0), value: nil) })
        for value in [Value.array(Array(repeating: 7, count: count)), .object(object)] {
            let arguments = Arguments([.array([value, "behind"])])
            #expect(transcoded(arguments) == messagePack(arguments.values))
        }
    }

    @Test("a key that comes twice stays twice, and is read as its last value")
    func twice() throws {
        let json = ByteBuffer(string: #"{"a":1,"a":2}"#)
        let written = transcoded(Arguments(uncheckedJSON: json, count: 1, attachments: []))
        #expect(try Value(messagePack: written) == ["a": 2])
    }

    @Test(
        "what is no event, or ends early, is refused",
        arguments: ["90", "9190", "91c0", "80", "c0", "91", "92a161", "91a3", "dd7fffffff", "92a161c1", "92a161d404"])
    func refused(hexadecimal: String) {
        #expect((try? Arguments(eventInMessagePack: ByteBuffer(hexadecimal: hexadecimal), at: 0)) == nil)
    }

    @Test("text that is no UTF-8 is repaired; nesting has its limit")
    func repaired() throws {
        let event = try #require(
            try Arguments(eventInMessagePack: ByteBuffer(hexadecimal: "92a162a2ff22"), at: 0))
        #expect(String(buffer: event.json) == #""b","\#u{FFFD}\"""#)
        let deep = "92a161" + String(repeating: "91", count: 200) + "c0"
        #expect((try? Arguments(eventInMessagePack: ByteBuffer(hexadecimal: deep), at: 0)) == nil)
    }

    @Test("values are skipped whole, whatever they are")
    func skips() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            let value = Value.random(depth: 4, binary: true, using: &generator)
            let buffer = messagePack([value, 1])
            var scanner = MessagePackScanner()
            try scanner.skipValue(buffer.readableBytesSpan)
            #expect(scanner.position == buffer.readableBytes - 1)
        }
    }
}
