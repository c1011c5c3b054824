import EngineIO
import SocketIO
import SocketServer
import Testing

@Suite("Limits")
struct LimitTests {
    @Test("a session joins no more namespaces than allowed; leaving one makes room")
    func namespaces() throws {
        var configuration = ServerConfiguration()
        configuration.maxNamespacesPerSession = 2
        let fixture = try Fixture(configuration)
        for name in ["/", "/a", "/b"] { _ = fixture.server.namespace(name) }
        let client = fixture.client("0", "0/a,")
        _ = client.received()
        client.send("0/b,")
        #expect(client.received() == [#"4/b,{"message":"Too many namespaces"}"#])
        client.send("1/a,")
        client.send("0/b,")
        try client.takeID("/b")
        #expect(client.session.closeReason == nil)
    }

    @Test("a longer event name ends the session")
    func eventName() throws {
        var configuration = ServerConfiguration()
        configuration.maxEventNameLength = 3
        let fixture = try Fixture(configuration)
        fixture.main.on("abc") { $0.acknowledge() }
        let client = try fixture.joined()
        client.send(#"21["abc"]"#)
        #expect(client.received() == ["31[]"])
        client.send(#"22["abcd"]"#)
        #expect(client.session.closeReason == .forcedClose)
    }

    @Test("more attachments end the session")
    func attachments() throws {
        var configuration = ServerConfiguration()
        configuration.maxAttachments = 1
        let fixture = try Fixture(configuration)
        _ = fixture.main
        let client = try fixture.joined()
        client.send(#"52-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#)
        #expect(client.session.closeReason == .forcedClose)
    }
}
