import NIOCore
import Testing

@testable import SocketIO

/// What Node.js 20 makes of JSON (`JSON.stringify(JSON.parse(text))`), and what we do. Cases out of 20,000 generated ones,
/// which differed in nothing but what is listed here.
@Suite struct JavaScriptJSONTests {
    @Test(
        "Numbers are written as the reference writes them",
        arguments: [
            ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("1.0", "1"), ("1.50", "1.5"), ("1e5", "100000"),
            ("1E+5", "100000"),
            ("1e-5", "0.00001"), ("0.000001", "0.000001"), ("1e-7", "1e-7"), ("123e-20", "1.23e-18"), ("10e-1", "1"),
            ("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("1e00005", "100000"),
            ("9007199254740992", "9007199254740992"), ("9223372036854775808", "9223372036854776000"),
            ("18446744073709551615", "18446744073709552000"), ("12345678901234567890123", "1.2345678901234568e+22"),
            ("0.30000000000000004", "0.30000000000000004"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("5e-324", "5e-324"), ("2e-324", "0"), ("2.2250738585072014e-308", "2.2250738585072014e-308"),
            ("1e309", "null"), ("-1e400", "null"),
        ])
    func numbers(_ text: String, _ reference: String) throws {
        #expect(try Value(jsonText: text).jsonText == reference)
    }

    @Test(
        "Strings and keys are written as the reference writes them",
        arguments: [
            (#""\u0000\u001f\u007f\u0080""#, "\"\\u0000\\u001f\u{7F}\u{80}\""),
            (#""\b\f\n\r\t\/\\\"""#, #""\b\f\n\r\t/\\\"""#),
            (#""\u0008\u000A\u0022\u005C""#, #""\b\n\"\\""#), (#""\u2028\u2029""#, "\"\u{2028}\u{2029}\""),
            (#""\ud83d\ude00""#, "\"😀\""), (#""\uFEFF\uffff""#, "\"\u{FEFF}\u{FFFF}\""),
            (#""e\u0301""#, "\"e\u{301}\""),
            (
                #"{"__proto__":1,"constructor":2,"toString":3,"":4}"#,
                #"{"__proto__":1,"constructor":2,"toString":3,"":4}"#
            ),
            (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#), (#"{"\u0061":1,"a":2}"#, #"{"a":2}"#),
            (#"{"é":1,"e\u0301":2}"#, "{\"é\":1,\"e\u{301}\":2}"),
            (#"{"__proto__":{"x":1},"__proto__":2}"#, #"{"__proto__":2}"#),
        ])
    func strings(_ text: String, _ reference: String) throws {
        #expect(try Value(jsonText: text).jsonText.utf8.elementsEqual(reference.utf8))
    }

    @Test(
        "What is decoded differs in three ways: integers stay exact, keys stay in order, half characters are replaced",
        arguments: [
            // (text, reference, ours)
            ("9007199254740993", "9007199254740992", "9007199254740993"),
            ("-9223372036854775808", "-9223372036854776000", "-9223372036854775808"),
            (#"{"b":1,"10":2,"2":3}"#, #"{"2":3,"10":2,"b":1}"#, #"{"b":1,"10":2,"2":3}"#),
            (#""x\ude00y\ud83d""#, #""x\ude00y\ud83d""#, "\"x\u{FFFD}y\u{FFFD}\""),
            (#"{"\ud83d":1}"#, #"{"\ud83d":1}"#, "{\"\u{FFFD}\":1}"),
        ])
    func differences(_ text: String, _ reference: String, _ ours: String) throws {
        let written = try Value(jsonText: text).jsonText
        #expect(written == ours && written != reference)
    }

    @Test(
        "What is forwarded is not decoded: it arrives as it was sent, which the reference does not manage",
        arguments: [
            "9007199254740993", "1.50", "1e5", "-0", "12345678901234567890123", #""x\ude00y\ud83d""#,
            #"{"b":1,"10":2,"2":3}"#,
            #"{"a":1,"a":2}"#, #"{"__proto__":{"x":1}}"#, #""\u00e9\/""#, "[ 1 , 2 ]",
        ])
    func forwarded(_ text: String) throws {
        var decoder = PacketDecoder()
        let packet = try decoder.received(.text("2[\"e\",\(text),\"last\"]"))
        guard case .event(let name, let arguments, _)? = packet?.content else {
            Issue.record("no event")
            return
        }
        let encoder = PacketEncoder()
        #expect(encoder.event(name, arguments, namespace: "/").text == "2[\"e\",\(text),\"last\"]")
        #expect(encoder.acknowledgement(1, arguments.prefix(1), namespace: "/").text == "31[\(text)]")
        let whole = Arguments(event: name, arguments).appending(["offset"])
        #expect(encoder.event(whole, namespace: "/").text == "2[\"e\",\(text),\"last\",\"offset\"]")
    }
}
