import EngineIO
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("The main namespace of one listener")
struct ListenerNamespaceTests {
    private let fixture: Fixture
    private let desk: Namespace

    init() throws {
        fixture = try Fixture()
        desk = fixture.server.mainNamespace(of: "desk")
        desk.on("where") { $0.acknowledge("desk") }
        fixture.main.on("where") { $0.acknowledge("main") }
        fixture.server.namespace("/both").on("where") { $0.acknowledge("both") }
    }

    /// A client of the listener.
    private func visitor(_ messages: String...) -> Client {
        let client = Client(fixture.server.acceptor(for: "desk"), FakeSession(shard: 0))
        for message in messages { client.send(message) }
        return client
    }

    @Test("its clients join it as /, and only they; other namespaces are the same everywhere")
    func apart() throws {
        let (visitor, other) = (visitor("0", "0/both,"), fixture.client("0", "0/both,"))
        visitor.send(#"21["where"]"#)
        other.send(#"21["where"]"#)
        for client in [visitor, other] { client.send(#"2/both,2["where"]"#) }
        #expect(visitor.session.sent.suffix(2) == [#"31["desk"]"#, #"3/both,2["both"]"#])
        #expect(other.session.sent.suffix(2) == [#"31["main"]"#, #"3/both,2["both"]"#])
        for client in [visitor, other] { client.session.sent = [] }
        desk.emit("a")
        fixture.main.emit("b")
        fixture.server.namespace("/both").emit("c")
        #expect(visitor.session.sent == [#"2["a"]"#, #"2/both,["c"]"#])
        #expect(other.session.sent == [#"2["b"]"#, #"2/both,["c"]"#])
    }

    @Test("its sockets are disconnected as those of /, and can come back")
    func disconnect() {
        let visitor = visitor("0")
        visitor.session.sent = []
        desk.disconnectSockets()
        #expect(visitor.session.sent == ["1"])
        visitor.send("0")
        visitor.send(#"21["where"]"#)
        #expect(visitor.session.sent.last == #"31["desk"]"#)
    }

    @Test("nobody can ask for it by its name")
    func byName() {
        for name in ["desk", "/desk"] {
            let client = fixture.client("0\(name),")
            #expect(!client.session.sent.contains { $0.contains("sid") && $0.contains("desk") }, "\(name)")
        }
        #expect(desk.localSocketCount == 0)
    }

    @Test("other nodes know it under the listener's name")
    func name() {
        #expect(desk.name == "desk")
        #expect(fixture.server.mainNamespace(of: "desk") === desk)
        #expect(fixture.server.namespace("desk") !== desk)
    }
}
