import NIOCore
import Testing

@testable import SocketIO

@Suite struct MessagePackTests {
    @Test("What Node.js servers published is understood", arguments: RedisVector.all)
    func decodes(vector: RedisVector) throws {
        let value = try Value(messagePack: ByteBuffer(hexadecimal: vector.hexadecimal))
        #expect(value == Self.resolve(try Value(jsonText: vector.json)))
    }

    @Test("What Node.js servers published comes out byte for byte", arguments: RedisVector.all)
    func encodes(vector: RedisVector) throws {
        let value = try Value(messagePack: ByteBuffer(hexadecimal: vector.hexadecimal))
        // Dates are not written: a node forwards the string that clients get.
        guard !vector.title.contains("Date(") else { return }
        #expect(Self.encode(value) == vector.hexadecimal)
    }

    @Test(
        "Numbers take the shortest form",
        arguments: [
            (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"), (256, "cd0100"), (65535, "cdffff"),
            (65536, "ce00010000"), (4_294_967_295, "ceffffffff"), (4_294_967_296, "cf0000000100000000"),
            (.int(1 << 40), "cf0000010000000000"), (.int(.max), "cf7fffffffffffffff"), (-1, "ff"), (-32, "e0"),
            (-33, "d0df"), (-128, "d080"), (-129, "d1ff7f"), (-32768, "d18000"), (-32769, "d2ffff7fff"),
            (-2_147_483_648, "d280000000"), (-2_147_483_649, "d3ffffffff7fffffff"), (.int(.min), "d38000000000000000"),
            (1.5, "cb3ff8000000000000"), (.double(1), "01"), (.double(-0.0), "00"), (.double(-33), "d0df"),
            (.double(1_099_511_627_776), "cf0000010000000000"),
            (.double(9_223_372_036_854_775_808), "cf8000000000000000"),
            (.double(1e20), "cb4415af1d78b58c40"), (.double(.infinity), "cb7ff0000000000000"),
            (.double(.nan), "cb7ff8000000000000"),
        ] as [(Value, String)])
    func numbers(value: Value, hexadecimal: String) throws {
        #expect(Self.encode(value) == hexadecimal)
        #expect(try Value(messagePack: ByteBuffer(hexadecimal: hexadecimal)) == value)
    }

    @Test(
        "Lengths take the shortest form, strings of 8-bit length from 32 bytes on",
        arguments: [
            (0, "a0", "90", "80", "c400"), (15, "af", "9f", "8f", "c40f"), (16, "b0", "dc0010", "de0010", "c410"),
            (31, "bf", "dc001f", "de001f", "c41f"), (32, "d920", "dc0020", "de0020", "c420"),
            (255, "d9ff", "dc00ff", "de00ff", "c4ff"), (256, "da0100", "dc0100", "de0100", "c50100"),
            (65535, "daffff", "dcffff", "deffff", "c5ffff"),
            (65536, "db00010000", "dd00010000", "df00010000", "c600010000"),
        ])
    func lengths(count: Int, string: String, array: String, map: String, binary: String) throws {
        let object = Value.Object((0..<count).map { Value.Object.Member(key: String($0), value: nil) })
        for (value, head) in [
            (Value.string(String(repeating: "a", count: count)), string),
            (.array(Array(repeating: nil, count: count)), array), (.object(object), map),
            (.binary(ByteBuffer(repeating: 7, count: count)), binary),
        ] {
            var buffer = ByteBuffer()
            value.writeMessagePack(to: &buffer)
            #expect(buffer.getSlice(at: 0, length: head.count / 2)?.hexadecimal == head)
            #expect(try Value(messagePack: buffer) == value)
        }
    }

    @Test(
        "What only other encoders write is understood too",
        arguments: [
            ("cc01", 1), ("cd0001", 1), ("ce00000001", 1), ("cf0000000000000001", 1), ("d001", 1), ("d10001", 1),
            ("d200000001", 1), ("d30000000000000001", 1), ("cfffffffffffffffff", .double(18_446_744_073_709_551_616)),
            ("ca3fc00000", 1.5), ("d90161", "a"), ("da000161", "a"), ("db0000000161", "a"), ("dc000101", [1]),
            ("dd0000000101", [1]), ("de0001a16101", ["a": 1]), ("df00000001a16101", ["a": 1]), ("8101c0", ["1": nil]),
            ("82a16101a16102", ["a": 2]), ("d40000", nil), ("c70200aabb", .bytes(0xAA, 0xBB)), ("c70000", .bytes()),
            ("d50001ff", .bytes(1, 0xFF)), ("d6ff00000000", "1970-01-01T00:00:00.000Z"),
            ("d7ff003d090059682f00", "2017-07-14T02:40:00.001Z"), ("d7000000015d3ef79801", "2017-07-14T02:40:00.001Z"),
            ("c70cff3b9ac9ffffffffffffffffff", "1969-12-31T23:59:59.999Z"), ("d7007fffffffffffffff", nil),
            ("c70cff000000007fffffffffffffff", nil), ("a2c328", "\u{FFFD}("),
        ] as [(String, Value)])
    func foreignForms(hexadecimal: String, value: Value) throws {
        #expect(try Value(messagePack: ByteBuffer(hexadecimal: hexadecimal)) == value)
    }

    @Test(
        "Bytes that are no value, or too many, are refused",
        arguments: [
            ("", .unexpectedEnd), ("c1", .unknownFormat), ("0000", .trailingBytes), ("cc", .unexpectedEnd),
            ("cb3ff80000", .unexpectedEnd), ("a261", .unexpectedEnd), ("d9", .unexpectedEnd),
            ("9101ff", .trailingBytes),
            ("92ff", .unexpectedEnd), ("81a161", .unexpectedEnd), ("ddffffffff", .unexpectedEnd),
            ("dfffffffff00", .unexpectedEnd), ("dbffffffff61", .unexpectedEnd), ("c6ffffffff", .unexpectedEnd),
            ("c9ffffffff00", .unexpectedEnd), ("8190c0", .invalidKey), ("81c0c0", .invalidKey),
            ("81c40161c0", .invalidKey),
            ("d40500", .unsupportedExtension(5)), ("d5ff0000", .unsupportedExtension(-1)),
        ] as [(String, MessagePackError)])
    func refuses(hexadecimal: String, error: MessagePackError) {
        #expect(throws: error) { try Value(messagePack: ByteBuffer(hexadecimal: hexadecimal)) }
    }

    @Test("Nesting is limited, however much a peer announces")
    func depth() throws {
        let bytes = ByteBuffer(bytes: Array(repeating: 0x91, count: 128) + [0xC0])
        #expect(throws: Never.self) { try Value(messagePack: bytes) }
        #expect(throws: MessagePackError.tooDeep) { try Value(messagePack: bytes, depthLimit: 127) }
        let endless = ByteBuffer(repeating: 0x91, count: 1_000_000)
        #expect(throws: MessagePackError.tooDeep) { try Value(messagePack: endless, depthLimit: .max) }
    }

    @Test("Any value survives encoding and decoding, and no truncation of it is accepted", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let value = Value.random(depth: 3, binary: true, using: &generator)
            var buffer = ByteBuffer()
            value.writeMessagePack(to: &buffer)
            #expect(try Value(messagePack: buffer) == value)
            let length = Int.random(in: 0..<buffer.readableBytes, using: &generator)
            let truncated = try #require(buffer.getSlice(at: 0, length: length))
            #expect(throws: MessagePackError.unexpectedEnd) { try Value(messagePack: truncated) }
        }
    }

    @Test("Random bytes never crash the decoder", arguments: 0..<10)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<5_000 {
            let count = Int.random(in: 1..<20, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            accepted += (try? Value(messagePack: ByteBuffer(bytes: bytes))) == nil ? 0 : 1
        }
        #expect(accepted < 2_500)
    }

    @Test(
        "Dates are written as JavaScript's toISOString writes them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (1_795_254_473_434, "2026-11-21T09:47:53.434Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00.000Z"),
            (-8_640_000_000_000_000, "-271821-04-20T00:00:00.000Z"),
            (8_640_000_000_000_001, nil), (.min, nil),
        ] as [(Int64, String?)])
    func dates(milliseconds: Int64, text: String?) {
        #expect(ISODate.text(milliseconds: milliseconds) == text)
    }

    static func encode(_ value: Value) -> String {
        var buffer = ByteBuffer()
        value.writeMessagePack(to: &buffer)
        return buffer.hexadecimal
    }

    /// Replaces what the vectors write for values that JSON lacks.
    static func resolve(_ value: Value) -> Value {
        switch value {
        case .array(let elements): .array(elements.map(resolve))
        case .object(let object):
            if let bytes = object["$bin"]?.string {
                .binary(ByteBuffer(hexadecimal: bytes))
            } else if object["$num"] != nil {
                .double(.nan)
            } else {
                .object(Value.Object(object.members.map { .init(key: $0.key, value: resolve($0.value)) }))
            }
        default: value
        }
    }
}
