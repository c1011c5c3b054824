import NIOCore
import Testing

@testable import EngineIO

@Suite("WebSocket decoder")
struct WebSocketDecoderTests {
    /// A masked client frame.
    static func frame(
        _ opcode: UInt8, _ payload: [UInt8], final: Bool = true, key: UInt32 = 0x3712_F0A5, reserved: UInt8 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = [(final ? 0x80 : 0) | reserved << 4 | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65536: bytes += [0xFE] + big(UInt16(payload.count))
        default: bytes += [0xFF] + big(UInt64(payload.count))
        }
        let mask = big(key)
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }

    static func big(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
    }

    static func text(_ string: String) -> [UInt8] { Array(string.utf8) }

    func decode(
        _ bytes: [UInt8], limit: Int = 1000, acceptsDeflated: Bool = false
    ) throws(WebSocketError) -> [WebSocketEvent] {
        var decoder = WebSocketDecoder(maxMessageSize: limit, acceptsDeflated: acceptsDeflated)
        var buffer = ByteBuffer(bytes: bytes)
        var events: [WebSocketEvent] = []
        while let event = try decoder.next(from: &buffer) { events.append(event) }
        return events
    }

    @Test("unmasks text and binary messages of every header size", arguments: [0, 1, 7, 8, 9, 125, 126, 65535, 65536])
    func sizes(count: Int) throws {
        let payload = (0..<count).map { UInt8($0 % 128) }
        let events = try decode(Self.frame(0x1, payload) + Self.frame(0x2, payload), limit: 70_000)
        #expect(events == [.text(ByteBuffer(bytes: payload)), .binary(ByteBuffer(bytes: payload))])
    }

    @Test("bytes of its own are not copied, and those of others not changed", arguments: [true, false])
    func ownership(ownsBytes: Bool) throws {
        var decoder = WebSocketDecoder(maxMessageSize: 1000, acceptsDeflated: false, ownsBytes: ownsBytes)
        let frames = Self.frame(0x1, Self.text("first")) + Self.frame(0x1, Self.text("second"))
        let channel = ByteBuffer(bytes: frames)
        var buffer = channel
        // Who keeps a message does not disturb the next one.
        let events = try (0..<2).map { _ in try decoder.next(from: &buffer) }
        #expect(events == [.text(ByteBuffer(string: "first")), .text(ByteBuffer(string: "second"))])
        #expect((channel == ByteBuffer(bytes: frames)) == !ownsBytes)
    }

    @Test("refuses text that is not UTF-8 wherever the fault is, and takes every character wherever it is")
    func faults() throws {
        for length in [1, 7, 8, 31, 32, 33, 39, 40, 41, 77] {
            let letters = [UInt8](repeating: 0x61, count: length)
            for place in 0..<length {
                var faulty = letters
                faulty[place] = 0xFF
                #expect(throws: WebSocketError.invalidText) { try decode(Self.frame(0x1, faulty)) }
                let valid = letters[..<place] + Self.text("é😀") + letters[place...]
                #expect(try decode(Self.frame(0x1, Array(valid))) == [.text(ByteBuffer(bytes: valid))])
                #expect(try decode(Self.frame(0x2, faulty, key: 0)) == [.binary(ByteBuffer(bytes: faulty))])
            }
        }
    }

    @Test("gives the same events however the bytes are split")
    func everySplit() throws {
        let bytes =
            Self.frame(0x1, Self.text("Grüße"), final: false) + Self.frame(0x9, Self.text("p"))
            + Self.frame(0x0, Self.text(" 👋")) + Self.frame(0x2, [0, 255])
            + Self.frame(0x8, [0x03, 0xE8] + Self.text("bye"))
        let whole = try decode(bytes)
        #expect(whole.count == 4)
        for cut in 1..<bytes.count {
            var decoder = WebSocketDecoder(maxMessageSize: 1000)
            var buffer = ByteBuffer()
            var events: [WebSocketEvent] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                buffer.writeBytes(part)
                while let event = try decoder.next(from: &buffer) { events.append(event) }
            }
            #expect(events == whole, "cut at \(cut)")
        }
    }

    @Test("joins fragments around a control frame and validates text across them")
    func fragments() throws {
        let euro = Self.text("€")
        let events = try decode(
            Self.frame(0x1, [euro[0]], final: false) + Self.frame(0xA, []) + Self.frame(0x0, [euro[1]], final: false)
                + Self.frame(0x0, [euro[2]]))
        #expect(events == [.pong(ByteBuffer()), .text(ByteBuffer(string: "€"))])
    }

    @Test(
        "refuses violations with the close code of the specification",
        arguments: [
            ([0x81, 0x01, 0x61], 1002), (frame(0x1, [0x61], reserved: 4), 1002), (frame(0x3, []), 1002),
            (frame(0xB, []), 1002), (frame(0x0, []), 1002), (frame(0x9, [], final: false), 1002),
            (frame(0x9, [UInt8](repeating: 0, count: 126)), 1002),
            (frame(0x1, [], final: false) + frame(0x1, []), 1002), (frame(0x8, [3]), 1002),
            (frame(0x8, big(UInt16(1005))), 1002), (frame(0x8, big(UInt16(999))), 1002),
            (frame(0x8, big(UInt16(1000)) + [0xFF]), 1007), (frame(0x1, [0xC3]), 1007),
            (frame(0x1, [0xC3], final: false) + frame(0x0, []), 1007),
            (frame(0x2, [UInt8](repeating: 0, count: 1001)), 1009),
            (
                frame(0x2, [UInt8](repeating: 0, count: 600), final: false)
                    + frame(0x0, [UInt8](repeating: 0, count: 401)), 1009
            ),
            ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
        ] as [([UInt8], UInt16)])
    func violations(bytes: [UInt8], code: UInt16) throws {
        let error = #expect(throws: WebSocketError.self) { try decode(bytes) }
        #expect(error?.code == code)
    }

    @Test("refuses a message that is too big before its payload arrives")
    func tooBigAtOnce() {
        var header = ByteBuffer(bytes: [0x82, 0xFE, 0x03, 0xE9])
        var decoder = WebSocketDecoder(maxMessageSize: 1000)
        #expect(throws: WebSocketError.tooBig) { try decoder.next(from: &header) }
    }

    @Test("gives compressed messages out as they are, whole, among others that are not")
    func deflated() throws {
        let bytes =
            Self.frame(0x1, [0xFF, 1], reserved: 4) + Self.frame(0x2, [2], final: false, reserved: 4)
            + Self.frame(0x9, [9]) + Self.frame(0x0, [3], final: false) + Self.frame(0x0, [4])
            + Self.frame(0x1, Self.text("plain"))
        #expect(
            try decode(bytes, acceptsDeflated: true) == [
                .deflated(ByteBuffer(bytes: [0xFF, 1]), isText: true), .ping(ByteBuffer(bytes: [9])),
                .deflated(ByteBuffer(bytes: [2, 3, 4]), isText: false), .text(ByteBuffer(string: "plain")),
            ])
    }

    @Test(
        "accepts the mark of compression only on the first frame of a message, and no other reserved bit",
        arguments: [
            frame(0x1, [], final: false, reserved: 4) + frame(0x0, [], reserved: 4), frame(0x9, [], reserved: 4),
            frame(0xA, [], reserved: 4), frame(0x8, [], reserved: 4), frame(0x1, [], reserved: 2),
            frame(0x1, [], reserved: 1), frame(0x2, [], reserved: 6), frame(0x3, [], reserved: 4),
        ])
    func reservedBits(bytes: [UInt8]) {
        let error = #expect(throws: WebSocketError.self) { try decode(bytes, acceptsDeflated: true) }
        #expect(error?.code == 1002)
    }

    @Test("holds compressed messages to the limit, fragments together")
    func deflatedTooBig() {
        let half = [UInt8](repeating: 0, count: 600)
        #expect(throws: WebSocketError.tooBig) {
            try decode(
                Self.frame(0x2, half, final: false, reserved: 4) + Self.frame(0x0, half), acceptsDeflated: true)
        }
    }

    @Test("accepts close frames with and without a code")
    func close() throws {
        #expect(try decode(Self.frame(0x8, [])) == [.close(code: nil, reason: ByteBuffer())])
        let frame = Self.frame(0x8, Self.big(UInt16(4000)) + Self.text("why"))
        #expect(try decode(frame) == [.close(code: 4000, reason: ByteBuffer(string: "why"))])
    }
}

@Suite("UTF-8 validator")
struct UTF8ValidatorTests {
    /// Whether bytes are accepted that come in two pieces.
    func accepts(_ bytes: [UInt8], splitAt place: Int) -> Bool {
        var validator = UTF8Validator()
        return validator.feed(ByteBuffer(bytes: bytes[..<place])) && validator.feed(ByteBuffer(bytes: bytes[place...]))
            && validator.isComplete
    }

    @Test("agrees with the standard library on every two-byte and many longer sequences")
    func agrees() {
        let tails: [[UInt8]] = [
            [], [0x80], [0xBF], [0x41], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0x41], [0x80, 0x80, 0x80],
        ]
        // One expectation at the end: half a million of them would take longer than what they check.
        var disagreements: [[UInt8]] = []
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                for tail in tails {
                    let bytes = [first, second] + tail
                    let valid = String(validating: bytes, as: UTF8.self) != nil
                    if accepts(bytes, splitAt: 1) != valid { disagreements.append(bytes) }
                }
            }
        }
        #expect(disagreements.isEmpty)
    }

    @Test("finds a fault behind a long run of ASCII")
    func longASCII() {
        for length in 0..<40 {
            let good = [UInt8](repeating: 0x61, count: length)
            #expect(UTF8Validator.isValid(ByteBuffer(bytes: good)))
            #expect(!UTF8Validator.isValid(ByteBuffer(bytes: good + [0xFF])))
            #expect(accepts(good, splitAt: length / 2))
            #expect(!accepts(good + [0xFF], splitAt: length / 2))
        }
    }
}

@Suite("WebSocket handshake")
struct WebSocketHandshakeTests {
    @Test("answers the example of RFC 6455 and refuses keys that are not 16 bytes")
    func acceptKey() {
        #expect(WebSocketHandshake.acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        for key in ["", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=====", "AAAA"] {
            #expect(WebSocketHandshake.acceptKey(for: key) == nil)
        }
    }

    @Test("computes SHA-1 around the block boundaries", arguments: [0, 1, 55, 56, 63, 64, 119, 120])
    func digest(count: Int) {
        let expected = [
            0: "da39a3ee5e6b4b0d3255bfef95601890afd80709", 1: "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
            55: "c1c8bbdc22796e28c0e15163d20899b65621d65a", 56: "c2db330f6083854c99d4b5bfb6e8f29f201be699",
            63: "03f09f5b158a7a8cdad920bddc29b81c18a551f5", 64: "0098ba824b5c16427bd7a1122a5a442a25ec644d",
            119: "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56", 120: "f34c1488385346a55709ba056ddd08280dd4c6d6",
        ]
        let digest = SHA1.digest([UInt8](repeating: 0x61, count: count).span.bytes)
        #expect(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected[count])
    }

    @Test("cuts the reason of a close frame at 123 bytes, between characters")
    func closeReason() {
        let frame = WebSocketFrame.close(code: 1000, reason: String(repeating: "ä", count: 100))
        #expect(frame.readableBytes == 2 + 2 + 122)
    }
}
