import HTTPTypes
import Hummingbird
import Testing

@testable import SupportWeb

/// What is read of requests, byte by byte.
@Suite("Forms and header fields")
struct FormFieldsTests {
    @Test(
        "reads forms as browsers write them",
        arguments: [
            ("a=1&b=2", [("a", "1"), ("b", "2")]), ("", []), ("&&", []), ("a", [("a", "")]), ("a=", [("a", "")]),
            ("=x", [("", "x")]), ("a=b=c", [("a", "b=c")]), ("a+b=c+d", [("a b", "c d")]),
            ("%61=%C3%A9", [("a", "é")]), ("a=%", [("a", "%")]), ("a=%4", [("a", "%4")]), ("a=%g1", [("a", "%g1")]),
            ("a=%2", [("a", "%2")]), ("a=%ff", [("a", "\u{FFFD}")]), ("a=1&a=2", [("a", "1"), ("a", "2")]),
        ])
    func urlEncoded(text: String, expected: [(String, String)]) {
        let fields = FormFields(urlEncoded: Array(text.utf8))
        #expect(
            fields.items.map { "\($0.name):\($0.value)" } == expected.map { "\($0.0):\(FormFields.Value.text($0.1))" })
    }

    @Test("a field that comes twice is no text, and not more than 100 fields are read")
    func repeated() {
        let fields = FormFields(urlEncoded: Array("a=1&a=2&b=3".utf8))
        #expect(fields.text("a") == nil)
        #expect(fields.has("a"))
        #expect(fields.text("b") == "3")
        #expect(FormFields(urlEncoded: Array(String(repeating: "a=1&", count: 5_000).utf8)).items.count == 100)
    }

    func multipart(_ body: String, boundary: String = "b") -> FormFields? {
        FormFields(multipart: Array(body.utf8), boundary: boundary)
    }

    @Test("reads forms with files: preamble, blanks behind delimiters, quoted names, line breaks in values")
    func multipart() {
        let fields = multipart(
            "preamble\r\n--b  \r\nContent-Disposition: form-data; name=\"a \\\" ; b\"\r\nX: y\r\n\r\none\r\ntwo\r\n"
                + "--b\r\ncontent-disposition: FORM-DATA; name=c\r\n\r\n\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n123\r\n--b--\r\nepilogue")
        #expect(fields?.items.map(\.name) == ["a \" ; b", "c", "f"])
        #expect(fields?.text("a \" ; b") == "one\r\ntwo")
        #expect(fields?.text("c") == "")
        #expect(fields?.text("f") == nil)
    }

    @Test(
        "a form that is not what it should be is none",
        arguments: [
            "", "--b", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "--b\r\nX: y\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", "--bb--", "--b\r\n\r\n--b--",
        ])
    func malformed(body: String) {
        #expect(multipart(body) == nil)
    }

    @Test("a form without parts is empty; boundaries have 1 to 70 characters")
    func boundaries() {
        #expect(multipart("--b--")?.items.isEmpty == true)
        #expect(multipart("--", boundary: "") == nil)
        #expect(multipart("--b--", boundary: String(repeating: "b", count: 71)) == nil)
    }

    @Test("2,000 mutations of forms are read or refused, the same in every run")
    func mutations() {
        let seed =
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n2\r\n--b--\r\n"
        let pieces = ["--b", "\r\n", "--", "\"", ";", "=", "%", "\\", "\u{0}", ":", "name=", "é"].map { Array($0.utf8) }
        var state: UInt64 = 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(bound, 1)
        }
        var read = 0
        for _ in 1...2_000 {
            var bytes = Array(seed.utf8)
            for _ in 0...next(3) {
                let place = next(bytes.count)
                bytes.replaceSubrange(place..<min(place + next(8), bytes.count), with: pieces[next(pieces.count)])
            }
            let fields = FormFields(multipart: bytes, boundary: "b")
            read += fields == nil ? 0 : 1
            #expect((fields?.items.count ?? 0) <= FormFields.countLimit)
            let form = FormFields(urlEncoded: bytes)
            #expect(form.items.count <= FormFields.countLimit)
            _ = HeaderValue(String(decoding: bytes, as: UTF8.self))
        }
        #expect((1...1_999).contains(read))
    }

    @Test("splits field values at semicolons outside of quotation marks")
    func headerValues() {
        let value = HeaderValue(#" form-data ; name="a;b" ; x=1; flag"#)
        #expect(value.value == "form-data")
        #expect(value.parameter("name") == "a;b")
        #expect(value.parameter("x") == "1")
        #expect(value.parameter("flag") == nil)
    }

    @Test(
        "knows who wants JSON",
        arguments: [
            ("application/json", Accepted.json), ("application/json, text/plain, */*", .json), ("*/*", .either),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .page), ("", .either),
            ("text/html;q=0.5, application/json", .json), ("text/html, application/json;q=0.9", .page),
            ("application/json;q=x", .either), ("application/json;q=0", .either),
        ])
    func accepted(field: String, expected: Accepted) {
        let head = HTTPRequest(
            method: .get, scheme: nil, authority: nil, path: "/", headerFields: [.accept: field])
        #expect(Accepted(Request(head: head, body: RequestBody(buffer: .init()))) == expected)
    }
}
