/// A request that a server must refuse, because it breaks the grammar of HTTP or because two servers could read it as two
/// different things.
public struct MalformedRequest: Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
    /// What the client sends.
    public let text: String
    /// The status that it is answered with, before the connection is closed.
    public let status: Int

    private init(_ description: String, _ text: String, status: Int = 400) {
        self.description = description
        self.text = text
        self.status = status
    }

    private static func get(_ description: String, _ fields: String) -> MalformedRequest {
        MalformedRequest(description, "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
    }

    private static func post(_ description: String, _ fields: String, body: String = "") -> MalformedRequest {
        MalformedRequest(description, "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)")
    }

    private static func chunked(_ description: String, _ body: String) -> MalformedRequest {
        post(description, "Transfer-Encoding: chunked", body: body)
    }

    /// Most bytes of a first line and of all fields that the servers under test accept.
    public static let headBytes = 16_384
    /// Most fields that they accept.
    public static let headerFields = 100

    /// The whole list.
    public static let all = lines + fields + hosts + lengths + codings + chunks + sizes

    private static let lines = [
        MalformedRequest("no HTTP at all", "nonsense\r\n\r\n"),
        MalformedRequest("a TLS handshake", "\u{16}\u{3}\u{1}\u{2}\0\u{1}"),
        MalformedRequest("a method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("two blanks behind the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("two blanks behind the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("an address without host", "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("an asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("HTTP/0.9", "GET /\r\n\r\n"),
        MalformedRequest("HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        MalformedRequest("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        MalformedRequest("a version without digits", "GET / HTTP/1.x\r\nHost: a\r\n\r\n"),
        MalformedRequest("a version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        MalformedRequest("a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        MalformedRequest("a blank behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        MalformedRequest("the first line without CR", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        MalformedRequest("the first line without LF", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        MalformedRequest("a blank in front of everything", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    private static let fields = [
        get("a blank behind a name", "X : 1"),
        get("a blank in front of a name", " X: 1"),
        get("a tab behind a name", "X\t: 1"),
        get("no name", ": 1"),
        get("no colon", "X"),
        get("a name that is no token", "X(1): 1"),
        get("a name with a character over 7F", "X\u{E9}: 1"),
        get("a folded line", "X: 1\r\n 2"),
        get("a folded line with a tab", "X: 1\r\n\t2"),
        get("a field without CR", "X: 1\nY: 2"),
        get("a field without LF", "X: 1\rY: 2"),
        get("NUL in a value", "X: 1\u{0}2"),
        get("another control character in a value", "X: 1\u{1}2"),
        get("DEL in a value", "X: 1\u{7F}2"),
        MalformedRequest("the last line without CR", "GET / HTTP/1.1\r\nHost: a\r\n\nGET / HTTP/1.1\r\n\r\n"),
        MalformedRequest("no fields, ended without CR", "GET / HTTP/1.0\r\n\n"),
    ]

    private static let hosts = [
        MalformedRequest("no host", "GET / HTTP/1.1\r\n\r\n"),
        get("two hosts", "Host: b"),
        get("two hosts that are the same", "host: a"),
        MalformedRequest("two hosts of HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        MalformedRequest("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        MalformedRequest("a host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        MalformedRequest("a list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    ]

    private static let lengths = [
        post("no number for a length", "Content-Length: x"),
        post("an empty length", "Content-Length:"),
        post("a negative length", "Content-Length: -1"),
        post("a length with a plus sign", "Content-Length: +1", body: "x"),
        post("a hexadecimal length", "Content-Length: 0x1", body: "x"),
        post("a length with a fraction", "Content-Length: 1.0", body: "x"),
        post("a length with a blank inside", "Content-Length: 1 0", body: "x"),
        post("a length over 64 bits", "Content-Length: 99999999999999999999"),
        post("a length that overflows to a small one", "Content-Length: 18446744073709551617", body: "x"),
        post("two lengths", "Content-Length: 1\r\nContent-Length: 2", body: "xx"),
        post("two lengths that are the same", "Content-Length: 1\r\nContent-Length: 1", body: "x"),
        post("a list of lengths", "Content-Length: 1, 2", body: "xx"),
        post("a list of lengths that are the same", "Content-Length: 1, 1", body: "x"),
        post("two lengths, one with a name written otherwise", "Content-Length: 1\r\ncontent-length: 0", body: "x"),
        post("a length behind a vertical tab", "Content-Length: \u{B}1", body: "x"),
    ]

    private static let codings = [
        post("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 1", body: "0\r\n\r\n"),
        post("a length and chunks", "Content-Length: 6\r\nTransfer-Encoding: chunked", body: "0\r\n\r\nG"),
        post("chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
        post("a list with chunks twice", "Transfer-Encoding: chunked, chunked", body: "0\r\n\r\n"),
        post("another coding in front of chunks", "Transfer-Encoding: gzip, chunked", body: "0\r\n\r\n"),
        post("another coding behind chunks", "Transfer-Encoding: chunked, gzip", body: "0\r\n\r\n"),
        post(
            "an identity behind chunks", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            body: "0\r\n\r\n"),
        post("no chunks", "Transfer-Encoding: identity"),
        post("an unknown coding", "Transfer-Encoding: xchunked", body: "0\r\n\r\n"),
        post("an empty coding", "Transfer-Encoding:"),
        post("a quoted coding", "Transfer-Encoding: \"chunked\"", body: "0\r\n\r\n"),
        post("a coding behind a comma", "Transfer-Encoding: ,chunked", body: "0\r\n\r\n"),
        post("a coding with a parameter", "Transfer-Encoding: chunked;q=1", body: "0\r\n\r\n"),
        post("a coding behind a vertical tab", "Transfer-Encoding: \u{B}chunked", body: "0\r\n\r\n"),
        post("a coding on a folded line", "Transfer-Encoding:\r\n chunked", body: "0\r\n\r\n"),
        post("a coding with a blank in front of the colon", "Transfer-Encoding : chunked", body: "0\r\n\r\n"),
        post("a coding behind a line without CR", "X: 1\nTransfer-Encoding: chunked", body: "0\r\n\r\n"),
        MalformedRequest(
            "chunks of HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    private static let chunks = [
        chunked("no number for a chunk", "x\r\n"),
        chunked("no size of a chunk", "\r\nx"),
        chunked("a negative chunk", "-1\r\nx"),
        chunked("a chunk with a plus sign", "+1\r\nx\r\n0\r\n\r\n"),
        chunked("a chunk with a prefix", "0x1\r\nx\r\n0\r\n\r\n"),
        chunked("a chunk over 64 bits", "10000000000000001\r\nx\r\n0\r\n\r\n"),
        chunked("a chunk that overflows an integer", "FFFFFFFFFFFFFFFF\r\nx\r\n"),
        chunked("a chunk with a blank in front of its size", " 1\r\nx\r\n0\r\n\r\n"),
        chunked("a chunk with a blank behind its size", "1 \r\nx\r\n0\r\n\r\n"),
        chunked("the size of a chunk without CR", "1\nx\r\n0\r\n\r\n"),
        chunked("the size of a chunk without LF", "1\rx\r\n0\r\n\r\n"),
        chunked("a chunk without end", "1\r\nx0\r\n\r\n"),
        chunked("a chunk longer than its size", "1\r\nxy\r\n0\r\n\r\n"),
        chunked("a chunk that ends without CR", "1\r\nx\n0\r\n\r\n"),
        chunked("an extension with a control character", "1;a=\u{0}\r\nx\r\n0\r\n\r\n"),
        chunked("an extension without CR", "1;a\nx\r\n0\r\n\r\n"),
        chunked("a trailer without colon", "0\r\nX\r\n\r\n"),
        chunked("a trailer with a blank behind its name", "0\r\nX : 1\r\n\r\n"),
        chunked("trailers that end without CR", "0\r\n\nGET / HTTP/1.1\r\n\r\n"),
    ]

    private static let sizes = [
        MalformedRequest(
            "a first line that is too long", "GET /\(String(repeating: "x", count: headBytes)) HTTP/1.1\r\n\r\n",
            status: 431),
        MalformedRequest(
            "a first line without end", "GET /\(String(repeating: "x", count: headBytes + 10))", status: 431),
        MalformedRequest(
            "a field that is too long",
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: headBytes))\r\n\r\n", status: 431),
        MalformedRequest(
            "a name without end", "GET / HTTP/1.1\r\n\(String(repeating: "x", count: headBytes + 10))", status: 431),
        MalformedRequest(
            "fields that are too long together",
            "GET / HTTP/1.1\r\nHost: a\r\n"
                + String(repeating: "X: \(String(repeating: "x", count: 1_000))\r\n", count: 17) + "\r\n",
            status: 431),
        MalformedRequest(
            "too many fields",
            "GET / HTTP/1.1\r\n\((0...headerFields).map { "X\($0): 1\r\n" }.joined())\r\n", status: 431),
        MalformedRequest(
            "extensions that are too long",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                + "\(String(repeating: "x", count: headBytes + 30))\r\nx\r\n",
            status: 431),
        MalformedRequest(
            "trailers that are too long",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "
                + "\(String(repeating: "x", count: headBytes))\r\n\r\n",
            status: 431),
    ]
}
