import NIOCore
import Testing

@testable import SocketIO

@Suite struct JSONDecodingTests {
    @Test(
        "A text that JSON allows is accepted, by the scanner and by the reader",
        arguments: [
            "0", "-0", "10", "-1.5", "1e5", "1E+5", "1.25e-7", "\"\"", #""\u00e9\"\\\/\b\f\n\r\t""#, "true", "false",
            "null", "[]", "{}", "[ ]", "{ }", " [ 1 , 2 ] ", "\t{\"a\" :\r\n1}", "[[],[[]],{}]",
            #"{"a":{"b":[{"c":null}]}}"#, #""plain text longer than eight bytes""#, #""\ud800""#, "\"\u{7F}\u{2028}\"",
        ])
    func accepts(text: String) throws {
        try Self.scan(text)
        _ = try Value(jsonText: text)
    }

    @Test(
        "A text that JSON does not allow is rejected, by the scanner and by the reader",
        arguments: [
            "", " ", "01", "-", "-01", "+1", "1.", ".5", "1e", "1e+", "0x10", "1 2", "NaN", "Infinity", "tru", "True",
            "nul", "nulll", "undefined", "'a'", "\"", "\"a", "\"\\\"", #""\x""#, #""\u12""#, #""\u12G4""#, "\"a\nb\"",
            "\"12345678\u{1F}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{\"a\"", "{\"a\":",
            "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]",
            "[1]]", "[] []", "{}x", "\u{FEFF}1", "\u{A0}1", "1\u{0}", "/**/1", "[1]//",
        ])
    func rejects(text: String) {
        #expect(throws: JSONError.self) { try Self.scan(text) }
        #expect(throws: JSONError.self) { try Value(jsonText: text) }
    }

    @Test("An error says what is wrong and where")
    func errors() {
        #expect(throws: JSONError(.unexpectedEnd, at: 3)) { try Value(jsonText: "[1,") }
        #expect(throws: JSONError(.unexpectedByte, at: 3)) { try Value(jsonText: "[1 2]") }
        #expect(throws: JSONError(.invalidNumber, at: 2)) { try Value(jsonText: "[01]") }
        #expect(throws: JSONError(.invalidString, at: 3)) { try Value(jsonText: "[\"a\n\"]") }
        #expect(throws: JSONError(.tooDeep, at: 128)) {
            try Value(jsonText: String(repeating: "[", count: 129) + String(repeating: "]", count: 129))
        }
    }

    @Test("Nesting is allowed down to the limit, whether arrays or objects", arguments: [1, 2, 63, 64, 65, 128, 512])
    func depth(limit: Int) throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "0"
            let allowed = String(repeating: open, count: limit) + inner + String(repeating: close, count: limit)
            let buffer = ByteBuffer(string: allowed)
            #expect(throws: Never.self) { try Value(json: buffer, depthLimit: limit) }
            #expect(throws: Never.self) { try Self.scan(allowed, depthLimit: limit) }
            #expect(throws: JSONError.self) { try Value(json: buffer, depthLimit: limit - 1) }
            #expect(throws: JSONError.self) { try Self.scan(allowed, depthLimit: limit - 1) }
        }
    }

    @Test("A limit above 512 counts as 512, so hostile depth cannot take more stack")
    func hostileDepth() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError(.tooDeep, at: 512)) { try Self.scan(text, depthLimit: 1_000_000) }
        #expect(throws: JSONError(.tooDeep, at: 512)) {
            try Value(json: ByteBuffer(string: text), depthLimit: 1_000_000)
        }
    }

    @Test("Scanner and reader agree on every mutation of a text")
    func agreement() {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array(#"{}[],:"\u09aefn-+.1 "#.utf8) + [0x1F, 0x0A, 0xC3]
        var accepted = 0
        for _ in 0..<5_000 {
            let value = Value.random(depth: 2, binary: false, using: &generator)
            var bytes = Array(value.jsonText.utf8)
            for _ in 0..<Int.random(in: 0..<3, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let buffer = ByteBuffer(bytes: bytes)
            let scanned = (try? Self.scan(buffer)) != nil
            let read = (try? Value(json: buffer)) != nil
            #expect(scanned == read, "\(String(buffer: buffer))")
            accepted += scanned ? 1 : 0
        }
        #expect((250..<4_750).contains(accepted))
    }

    @Test("A quote, backslash or control character is found at every place of a word")
    func plainText() {
        for length in 0..<40 {
            for stop in [UInt8.quote, .backslash, 0x00, 0x1F] {
                let bytes = Array(repeating: UInt8(0xFF), count: length) + [stop] + [0x22, 0x20]
                #expect(bytes.span.bytes.endOfPlainText(from: 0) == length)
            }
        }
        let harmless = Array(UInt8(0x20)...0xFF).filter { $0 != .quote && $0 != .backslash }
        #expect(harmless.span.bytes.endOfPlainText(from: 0) == harmless.count)
    }

    @Test("Numbers are integers when they are written as ones and fit 64 bits")
    func numbers() throws {
        for (text, integer) in [
            ("0", 0), ("-0", 0), ("9223372036854775807", Int64.max), ("-9223372036854775808", .min),
        ] {
            guard case .int(let value) = try Value(jsonText: text) else {
                Issue.record("\(text) is not an integer")
                continue
            }
            #expect(value == integer)
        }
        for (text, number) in [
            ("9223372036854775808", 9223372036854775808.0), ("-9223372036854775809", -9223372036854775808.0),
            ("1.0", 1), ("1e2", 100), ("-0.0", 0), ("1e400", .infinity), ("0.1", 0.1), ("1e-400", 0),
        ] {
            guard case .double(let value) = try Value(jsonText: text) else {
                Issue.record("\(text) is not a floating-point number")
                continue
            }
            #expect(value == number)
        }
    }

    @Test("Fractions are read as exactly as by the standard library, few digits and many")
    func fractions() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<10_000 {
            let digits = String(generator.next() >> UInt64.random(in: 0..<63, using: &generator))
            let place = Int.random(in: 0..<digits.count, using: &generator)
            let whole = digits.prefix(place).drop { $0 == "0" }
            let text =
                (Bool.random(using: &generator) ? "-" : "") + (whole.isEmpty ? "0" : whole) + "."
                + digits.dropFirst(place)
            #expect(try Value(json: ByteBuffer(string: text)).double?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test("Escape sequences are resolved; half a surrogate pair becomes U+FFFD")
    func escapes() throws {
        let texts = [
            (#""\u0041\/\b\f\n\r\t\"\\""#, "A/\u{8}\u{C}\n\r\t\"\\"), (#""\ud83d\ude00!""#, "😀!"),
            (#""\uD83D\uDE00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\u0000""#, "\u{0}"), (#""é字😀""#, "é字😀"),
        ]
        for (text, string) in texts {
            #expect(try Value(jsonText: text).string == string, "\(text)")
        }
    }

    @Test("A key that comes twice keeps its first place and its last value, in small and in large objects")
    func duplicates() throws {
        #expect(try Value(jsonText: #"{"a":1,"b":2,"a":3}"#).jsonText == #"{"a":3,"b":2}"#)
        let keys = (0..<500).map { "k\($0)" }
        let text = "{" + (keys + keys).enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",") + "}"
        let object = try #require(try Value(jsonText: text).object)
        #expect(object.members.map(\.key) == keys)
        #expect(object.members.map(\.value.int) == (500..<1000).map { Int64($0) })
    }

    @Test("Keys that are only canonically equivalent are different keys")
    func keyBytes() throws {
        #expect(try Value(jsonText: "{\"\u{E9}\":1,\"e\u{301}\":2}").object?.members.count == 2)
    }

    static func scan(_ text: String, depthLimit: Int = 128) throws {
        try scan(ByteBuffer(string: text), depthLimit: depthLimit)
    }

    static func scan(_ buffer: ByteBuffer, depthLimit: Int = 128) throws {
        var scanner = JSONScanner(depthLimit: depthLimit)
        try scanner.skipValue(buffer.readableBytesSpan)
        try scanner.expectEnd(buffer.readableBytesSpan)
    }
}
