import NIOCore
import Testing

@testable import HTTPCodec

@Suite("The head of a request")
struct RequestHeadTests {
    @Test(
        "names path, query and host, in all forms of a target",
        arguments: [
            ("GET /a/b?c=d?e", "/a/b?c=d?e", "c=d?e", "h:1"), ("GET /", "/", nil, "h:1"), ("GET /?", "/?", "", "h:1"),
            ("GET http://x.example:2/a?b", "/a?b", "b", "x.example:2"), ("GET http://x", "", nil, "x"),
            ("GET HTTPS://x?y", "?y", "y", "x"), ("OPTIONS *", "*", nil, "h:1"), ("OPTIONS /a", "/a", nil, "h:1"),
            ("CONNECT x:1", "", nil, "x:1"), ("FETCH /a", "/a", nil, "h:1"),
        ] as [(String, String, String?, String)])
    func target(line: String, path: String, query: String?, host: String) throws {
        let head = try head("\(line) HTTP/1.1\r\nHost: h:1\r\n\r\n")
        #expect(head.pathAndQuery == path)
        #expect(head.query.map { String(buffer: $0) } == query)
        #expect(head.host == host)
        #expect("\(head.methodText) \(head.target)" == line)
        #expect(head.hasPath(Array(path.utf8.prefix { $0 != UInt8(ascii: "?") })))
        #expect(!head.hasPath(Array("/zz/".utf8)))
    }

    @Test(
        "says what becomes of the connection",
        arguments: [
            ("1.1", "", true), ("1.1", "close", false), ("1.1", "Close", false), ("1.1", "x , CLOSE", false),
            ("1.1", "keep-alive", true), ("1.1", "closer", true), ("1.0", "", false), ("1.0", "Keep-Alive", true),
            ("1.0", "keep-alive, close", false), ("1.9", "", true),
        ])
    func keepAlive(version: String, connection: String, expected: Bool) throws {
        let field = connection.isEmpty ? "" : "Connection: \(connection)\r\n"
        #expect(try head("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n").isKeepAlive == expected)
    }

    @Test("says whether the client waits for consent or another protocol")
    func wishes() throws {
        let fields = "Host: a\r\nExpect: 100-Continue\r\nConnection: x, upgrade\r\nUpgrade: h2c\r\n\r\n"
        let head = try head("POST / HTTP/1.1\r\n\(fields)")
        #expect(head.awaitsContinue && head.wantsUpgrade)
        let old = try HTTPCodecTests.head("POST / HTTP/1.0\r\n\(fields)")
        #expect(!old.awaitsContinue && !old.wantsUpgrade)
        #expect(try HTTPCodecTests.head("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n").wantsUpgrade)
    }

    @Test("frames the body")
    func framing() throws {
        for (fields, framing) in [
            ("", BodyFraming.none), ("Content-Length: 0\r\n", .none), ("Content-Length: 0012\r\n", .length(12)),
            ("Content-Length: 9223372036854775807\r\n", .length(.max)), ("Transfer-Encoding:  Chunked \r\n", .chunked),
        ] {
            #expect(try head("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").framing == framing)
        }
    }

    @Test("gives fields as strings when asked")
    func fields() throws {
        let head = try head(
            "GET / HTTP/1.1\r\nHost: a\r\nAccept: 1, 2\r\naccept:3\r\nEmpty:\r\nX-Y_z: a\u{E9} b\t\r\n\r\n")
        let fields = head.fields
        #expect(fields.count == 5)
        #expect(fields.first("accept") == "1, 2")
        #expect(fields.all("accept") == ["1, 2", "3"])
        #expect(fields.list("accept") == ["1", "2", "3"])
        #expect(fields.list("empty") == [""])
        #expect(fields.first("nothing") == nil && fields.all("nothing") == [] && !head.hasField("nothing"))
        #expect(head.hasField("empty") && fields.first("empty", is: ""))
        #expect(fields.lists("accept", "3") && !fields.lists("accept", "4"))
        #expect(fields.first("accept", is: "1, 2") && !fields.first("accept", is: "1"))
        let texts = fields.strings.map { "\($0.name)=\($0.value)" }
        #expect(texts == ["Host=a", "Accept=1, 2", "accept=3", "Empty=", "X-Y_z=a\u{E9} b"])
        #expect(
            fields.lines(after: "/?a") == "/?a\nhost\na\naccept\n1, 2\naccept\n3\nempty\n\nx-y_z\na\u{E9} b")
    }
}
