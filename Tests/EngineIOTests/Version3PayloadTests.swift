import NIOCore
import Testing

@testable import EngineIO

@Suite("Payload of revision 3")
struct Version3PayloadTests {
    func decode(
        _ body: ByteBuffer, isBinary: Bool = false, maxPackets: Int = 100, from client: Version3 = .xhr
    ) throws(ParseError) -> [Packet] {
        var payload = try Version3Payload(body, isBinary: isBinary, maxPackets: maxPackets, from: client)
        var packets: [Packet] = []
        while let packet = try payload.next() { packets.append(packet) }
        return packets
    }

    func decode(_ body: String) throws(ParseError) -> [Packet] { try decode(ByteBuffer(string: body)) }

    static func text(_ text: String) -> Packet { .message(.text(ByteBuffer(string: text))) }
    static func binary(_ bytes: [UInt8]) -> Packet { .message(.binary(ByteBuffer(bytes: bytes))) }

    @Test("reads packets behind their lengths, in order")
    func several() throws {
        #expect(
            try decode("6:4hello1:2002:4:6:2probe")
                == [Self.text("hello"), .ping(isProbe: false), Self.text(":"), .ping(isProbe: true)])
    }

    @Test("skips empty packets, as the reference server does")
    func empty() throws {
        #expect(try decode("0:") == [])
        #expect(try decode("0:2:4a00:0:") == [Self.text("a")])
    }

    @Test("counts UTF-16 code units: one for most characters, two for those beyond the first plane")
    func units() throws {
        #expect(try decode("4:4é€x3:4😀1:2") == [Self.text("é€x"), Self.text("😀"), .ping(isProbe: false)])
        #expect(try decode("9:4a👩🏽x😀1:2").count == 2)
    }

    @Test("reads binary messages as base64")
    func base64() throws {
        #expect(try decode("10:b4AQIDBA==2:4a2:b4") == [Self.binary([1, 2, 3, 4]), Self.text("a"), Self.binary([])])
    }

    @Test(
        "refuses what is malformed, and lengths that lie",
        arguments: [
            "", ":4a", "4a", "2", "2:", "2:4", "3:4a", "1:4a", "x:4a", "-1:4a", "+2:4a", " 2:4a", "2 :4a", "1e1:4a",
            "99999999999:4a", "9223372036854775808:4a", "18446744073709551618:4a", "2:4a:", "2:4a3", "1:7",
            "1:b", "2:b2", "7:b4AQIDB", "10:b4AQID*A==", "2:4😀", "1:😀", "6:b4AQIé",
        ])
    func malformed(body: String) {
        #expect(throws: ParseError()) { try decode(body) }
    }

    @Test("refuses text that is not UTF-8")
    func notUTF8() {
        #expect(throws: ParseError()) { try decode(ByteBuffer(bytes: [0x32, 0x3A, 0x34, 0xC3])) }
        // A lone surrogate, as CESU-8 would have it.
        #expect(throws: ParseError()) { try decode(ByteBuffer(bytes: Array("2:4".utf8) + [0xED, 0xA0, 0x80])) }
        #expect(throws: ParseError()) { try decode(ByteBuffer(bytes: [0, 2, 0xFF, 0x34, 0xC3]), isBinary: true) }
    }

    @Test("reads binary payloads, with lengths in bytes")
    func binaryPayload() throws {
        let body: [UInt8] = [0, 3, 0xFF] + Array("4é".utf8) + [1, 1, 1, 0xFF, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF]
        #expect(
            try decode(ByteBuffer(bytes: body), isBinary: true)
                == [Self.text("é"), Self.binary([0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF])])
        #expect(try decode(ByteBuffer(), isBinary: true) == [])
        #expect(
            try decode(ByteBuffer(bytes: [0, 6, 0xFF] + Array("b4AAA=".utf8)), isBinary: true) == [Self.binary([0, 0])])
    }

    @Test(
        "refuses binary payloads that are malformed",
        arguments: [
            [0], [0, 0xFF], [2, 1, 0xFF, 0x32], [0, 10, 0xFF, 0x32], [0, 2, 0xFF, 0x32], [1, 1, 0xFF, 2],
            [1, 0, 0xFF], [0, 0, 0xFF], [0, 1, 0xFF, 0x37], [0, 1, 0xFF, 0x32, 0], [0, 0x31, 0xFF, 0x32],
            [1] + [UInt8](repeating: 9, count: 300) + [0xFF, 4], [1, 9, 2, 2, 3, 3, 7, 2, 0, 3, 6, 0xFF, 4],
        ] as [[UInt8]])
    func malformedBinary(body: [UInt8]) {
        #expect(throws: ParseError()) { try decode(ByteBuffer(bytes: body), isBinary: true) }
    }

    @Test("refuses more packets than allowed")
    func tooMany() throws {
        let body = ByteBuffer(string: "1:21:21:2")
        #expect(try decode(body, maxPackets: 3).count == 3)
        #expect(throws: ParseError()) { try decode(body, maxPackets: 2) }
    }

    @Test("gives the packets in front of a malformed one")
    func before() throws {
        var payload = try Version3Payload(
            ByteBuffer(string: "2:4a1:x"), isBinary: false, maxPackets: 10, from: .xhr)
        #expect(try payload.next() == Self.text("a"))
        #expect(throws: ParseError()) { try payload.next() }
    }

    /// What payloads are made of, and what they are not.
    static let bytes = Array("0123456789:b4🙂=d&%".utf8) + [0, 1, 2, 4, 0xFF, 0xC3]

    @Test("takes any bytes without a trap, and what it accepts is no longer than the body", arguments: 0..<20)
    func anything(seed: UInt64) {
        var random = Arbitrary(state: seed)
        for _ in 0..<500 {
            let body = ByteBuffer(bytes: (0..<random.below(24)).map { _ in Self.bytes[random.below(Self.bytes.count)] })
            for (isBinary, client) in [(false, Version3.xhr), (true, .xhr), (false, .jsonp)] {
                let packets = (try? decode(body, isBinary: isBinary, from: client)) ?? []
                #expect(packets.count <= body.readableBytes)
            }
        }
    }

    @Test("encodes what it decodes, in every form", arguments: [Version3.xhr, .base64])
    func roundTrip(client: Version3) throws {
        let messages: [Message] = [
            .text(ByteBuffer(string: "a😀")), .binary(ByteBuffer(bytes: [0, 255, 30])), .text(ByteBuffer(string: "€")),
        ]
        let (body, type) = OutgoingMessage.payload(
            messages.map { OutgoingMessage($0).adapted(to: client) }, for: client)
        #expect(type == (client.isTextOnly ? .text : .binary))
        #expect(try decode(body, isBinary: type == .binary) == messages.map { .message($0) })
    }
}

/// Numbers that depend on a seed only.
struct Arbitrary {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}

extension Version3 {
    static let xhr = Version3(query: QueryString(target: "/?EIO=3"))
    static let base64 = Version3(query: QueryString(target: "/?EIO=3&b64=1"))
    static let jsonp = Version3(query: QueryString(target: "/?EIO=3&j=7"))
}
