import SocketServer
import Testing

@Suite("Namespace patterns")
struct NamespacePatternTests {
    @Test(
        "what a pattern matches, and what it captures",
        arguments: [
            ("/tenant-:id", "/tenant-7", ["id": "7"]), ("/tenant-:id", "/tenant-", nil),
            ("/tenant-:id", "/tenant-a/b", nil), ("/tenant-:id", "/Tenant-7", nil), ("/tenant-:id", "/x/tenant-7", nil),
            ("tenant-:id", "/tenant-ä🎈", ["id": "ä🎈"]), ("/:org/:team", "/acme/red", ["org": "acme", "team": "red"]),
            ("/:org/:team", "/acme", nil), ("/:org/:team", "/acme/", nil), ("/:org/:team", "/acme/red/blue", nil),
            ("/:a-:b", "/x-y-z", ["a": "x", "b": "y-z"]), ("/:a-:b", "/-x-y", ["a": "-x", "b": "y"]),
            ("/:a--x", "/----x", ["a": "--"]), ("/:ab", "/x", ["ab": "x"]), ("/:a:b", "/xyz", ["a": "x", "b": "yz"]),
            ("/:a.v1", "/x.v1", ["a": "x"]), ("/:a.v1", "/x.v1.v1", ["a": "x.v1"]), ("/:a.v1", "/.v1", nil),
            ("/files/*", "/files/a", [:]), ("/files/*", "/files/a/b", nil), ("/files/*/x", "/files/a/x", [:]),
            ("/files/**", "/files/a/b", [:]), ("/files/**", "/files/", nil), ("/:u/**", "/ann/a/b", ["u": "ann"]),
            ("/plain", "/plain", [:]), ("/plain", "/plain2", nil), ("/a:", "/a:", [:]), ("/a:/b", "/a:/b", [:]),
            ("/*", "/", nil), ("/**", "/", nil), ("/:a", "", nil),
        ] as [(NamespacePattern, String, [String: String]?)])
    func match(pattern: NamespacePattern, name: String, captured: [String: String]?) {
        #expect(pattern.match(name) == captured)
    }

    @Test("a name made to be slow is not")
    func isLinear() {
        let pattern: NamespacePattern = "/:a-:b-:c-:d-:e-:f-:g-:h.end"
        #expect(pattern.match("/" + String(repeating: "x-", count: 100_000)) == nil)
        #expect(pattern.description == "/:a-:b-:c-:d-:e-:f-:g-:h.end")
    }
}
