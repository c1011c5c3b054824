import NIOCore
import Testing

@testable import SocketIO

@Suite struct JSONEncodingTests {
    @Test(
        "A number is written as JSON.stringify writes it",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (-0.5, "-0.5"), (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e21, "1.5e+21"),
            (1.2345678901234568e20, "123456789012345680000"), (9.999999999999999e20, "999999999999999900000"),
            (1e-6, "0.000001"), (1e-7, "1e-7"), (5e-7, "5e-7"), (1.5e-7, "1.5e-7"), (0.000001234, "0.000001234"),
            (0.00001, "0.00001"), (1e300, "1e+300"), (1.7976931348623157e308, "1.7976931348623157e+308"),
            (.leastNonzeroMagnitude, "5e-324"), (2.2250738585072014e-308, "2.2250738585072014e-308"),
            (9007199254740991, "9007199254740991"), (9007199254740992, "9007199254740992"),
            (18014398509481984, "18014398509481984"), (1.2345678901234567e19, "12345678901234567000"),
            (123456789.125, "123456789.125"), (1000000000000000.25, "1000000000000000.2"), (4.35, "4.35"),
            (1.0 / 3.0, "0.3333333333333333"), (-1e-10, "-1e-10"), (-1e22, "-1e+22"), (.nan, "null"),
            (.infinity, "null"), (-.infinity, "null"),
        ] as [(Double, String)])
    func numbers(number: Double, text: String) {
        #expect(Value.double(number).jsonText == text)
    }

    @Test("Every finite number reads back as itself")
    func numbersReadBack() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            #expect(Double(JavaScriptNumber.text(number)) == number)
        }
    }

    @Test("Strings are escaped as JSON.stringify escapes them, and no more")
    func strings() {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
        #expect(
            Value.string(controls).jsonText
                == #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
                + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#)
        #expect(Value.string("a/\"\\b").jsonText == #""a/\"\\b""#)
        #expect(Value.string("\u{7F}\u{2028}\u{2029}é😀").jsonText == "\"\u{7F}\u{2028}\u{2029}é😀\"")
        #expect(Value.string("").jsonText == "\"\"")
    }

    @Test("Containers are compact and keep their order")
    func containers() {
        let value: Value = ["b": [1, nil, true, false], "a": ["z": [:], "y": []], "": "x"]
        #expect(value.jsonText == #"{"b":[1,null,true,false],"a":{"z":{},"y":[]},"":"x"}"#)
        #expect(Value.int(.min).jsonText == "-9223372036854775808")
        #expect(Value.int(.max).jsonText == "9223372036854775807")
    }

    @Test("Binary content leaves placeholders and is collected in order")
    func placeholders() {
        var buffer = ByteBuffer()
        var attachments = [ByteBuffer(bytes: [9])]
        let value: Value = [.bytes(1, 2), ["x": .bytes(3)]]
        value.writeJSON(to: &buffer, attachments: &attachments)
        #expect(
            String(buffer: buffer)
                == #"[{"_placeholder":true,"num":1},{"x":{"_placeholder":true,"num":2}}]"#)
        #expect(attachments.map { Array($0.readableBytesView) } == [[9], [1, 2], [3]])
    }

    @Test("Binary content that cannot leave takes the form of a Node.js Buffer")
    func nodeBuffer() {
        let value: Value = ["a": .bytes(0, 255), "b": .bytes()]
        #expect(value.jsonText == #"{"a":{"type":"Buffer","data":[0,255]},"b":{"type":"Buffer","data":[]}}"#)
    }

    @Test("Any value without binary content survives encoding and decoding", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = Value.random(depth: 3, binary: false, using: &generator)
            #expect(try Value(jsonText: value.jsonText) == value)
        }
    }

    @Test("Any value with binary content survives when its attachments travel along", arguments: 0..<20)
    func roundTripWithAttachments(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = Value.random(depth: 3, binary: true, using: &generator)
            var buffer = ByteBuffer()
            var attachments: [ByteBuffer] = []
            value.writeJSON(to: &buffer, attachments: &attachments)
            #expect(try Value(json: buffer, attachments: attachments) == value)
        }
    }
}
