import NIOCore
import Testing

@testable import EngineIO

@Suite("Payload")
struct PayloadTests {
    func decode(_ body: ByteBuffer, maxPackets: Int = 100) throws(ParseError) -> [Packet] {
        var payload = try Payload(body, maxPackets: maxPackets)
        var packets: [Packet] = []
        while let packet = try payload.next() { packets.append(packet) }
        return packets
    }

    func decode(_ body: String, maxPackets: Int = 100) throws(ParseError) -> [Packet] {
        try decode(ByteBuffer(string: body), maxPackets: maxPackets)
    }

    static func text(_ text: String) -> Packet { .message(.text(ByteBuffer(string: text))) }

    @Test("reads packets between separators, in order")
    func several() throws {
        #expect(
            try decode("4hello\u{1E}2\u{1E}4wörld") == [Self.text("hello"), .ping(isProbe: false), Self.text("wörld")])
    }

    @Test("finds a separator at every distance, behind bytes that differ from it by one bit")
    func distances() throws {
        for length in 0..<40 {
            let text = String(repeating: "\u{1F}\u{9E}\u{1C}", count: length)
            #expect(try decode("4\(text)\u{1E}2") == [Self.text(text), .ping(isProbe: false)])
        }
    }

    @Test("reads binary messages")
    func binary() throws {
        let bytes = Packet.message(.binary(ByteBuffer(bytes: [1, 2, 3, 4])))
        #expect(try decode("4hello\u{1E}bAQIDBA==") == [Self.text("hello"), bytes])
        #expect(try decode("b") == [.message(.binary(ByteBuffer()))])
    }

    @Test(
        "refuses malformed packets",
        arguments: ["", "abc", "4a\u{1E}", "\u{1E}4a", "4a\u{1E}\u{1E}4b", "bAQIDBA", "bAQID*A==", "4a\u{1E}x"])
    func malformed(body: String) {
        #expect(throws: ParseError()) { try decode(body) }
    }

    @Test("gives the packets in front of a malformed one")
    func before() throws {
        var payload = try Payload(ByteBuffer(string: "4a\u{1E}x\u{1E}4b"), maxPackets: 10)
        let first = try payload.next()
        #expect(first == Self.text("a"))
        #expect(throws: ParseError()) { try payload.next() }
    }

    @Test("refuses a body that is not UTF-8")
    func notUTF8() {
        #expect(throws: ParseError()) { try decode(ByteBuffer(bytes: [0x34, 0xC3])) }
    }

    @Test("refuses more packets than allowed")
    func tooMany() throws {
        #expect(try decode("2\u{1E}2\u{1E}2", maxPackets: 3).count == 3)
        #expect(throws: ParseError()) { try decode("2\u{1E}2\u{1E}2\u{1E}2", maxPackets: 3) }
    }

    @Test("encodes what it decodes")
    func roundTrip() throws {
        let messages: [Message] = [
            .text(ByteBuffer(string: "a")), .binary(ByteBuffer(bytes: [0, 255, 30])), .text(ByteBuffer(string: "€")),
        ]
        let body = OutgoingMessage.payload(messages.map { OutgoingMessage($0) })
        #expect(try decode(body) == messages.map { .message($0) })
    }
}
