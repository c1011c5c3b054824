import Testing

@testable import EngineIO

@Suite("Handshake")
struct HandshakeTests {
    static func handshake(_ headers: [(name: String, value: String)], _ url: String) -> Handshake {
        Handshake(headers: headers, url: url, address: "192.0.2.1", secure: true, issued: 5)
    }

    @Test("gives everything back as it came")
    func content() {
        let headers = [("host", "h"), ("x-empty", ""), ("x", "1: 2"), ("x", "é")]
        let handshake = Self.handshake(headers, "/socket.io/?EIO=4&name=a%20b")
        #expect(handshake.url == "/socket.io/?EIO=4&name=a%20b")
        #expect(handshake.query.map(\.name) == ["EIO", "name"])
        #expect(handshake.query.map(\.value) == ["4", "a b"])
        #expect(handshake.headers.map(\.name) == headers.map(\.0))
        #expect(handshake.headers.map(\.value) == headers.map(\.1))
    }

    @Test("finds the first header of a name, and no value as a name")
    func header() {
        let handshake = Self.handshake([("a", "b"), ("b", "c"), ("b", "d"), ("e", "")], "/")
        #expect(handshake.header("b") == "c")
        #expect(handshake.header("e") == "")
        #expect(handshake.header("d") == nil)
        #expect(handshake.header("") == nil)
    }

    @Test("a handshake without headers has none")
    func empty() {
        let handshake = Self.handshake([], "")
        #expect(handshake.url == "" && handshake.headers.isEmpty && handshake.query.isEmpty)
        #expect(handshake.header("host") == nil)
    }
}
