import EngineIO
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Connecting to a namespace")
struct ConnectTests {
    @Test("a client joins the main namespace and is told its id")
    func joins() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { $0.emit("hello", .string($0.id)) }
        let client = fixture.client("0")
        let id = try client.takeID()
        #expect(id.utf8.count == 20)
        #expect(id.hasPrefix("node_1A"))
        #expect(client.received() == ["2[\"hello\",\"\(id)\"]"])
    }

    @Test("the socket sees auth and handshake; without auth it is an empty object")
    func auth() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            notes.add("\(socket.auth["token"]?.string ?? "none") \(socket.handshake.header("x-a") ?? "-")")
            notes.add("\(socket.auth == [:])")
        }
        _ = fixture.client(#"0{"token":"t"}"#, headers: [("x-a", "b")])
        _ = fixture.client("0")
        #expect(notes.all == ["t b", "false", "none -", "true"])
    }

    @Test("namespaces of one session are apart")
    func namespaces() throws {
        let fixture = try Fixture()
        fixture.main.on("where") { $0.acknowledge("main") }
        fixture.server.namespace("custom").on("where") { $0.acknowledge("custom") }
        let client = fixture.client("0", "0/custom,")
        let main = try client.takeID()
        let custom = try client.takeID("/custom")
        #expect(main != custom)
        client.send(#"2/custom,1["where"]"#)
        client.send(#"27["where"]"#)
        #expect(client.received() == [#"3/custom,1["custom"]"#, #"37["main"]"#])
    }

    @Test("a namespace is made once, whatever the spelling of its name")
    func sameNamespace() throws {
        let fixture = try Fixture()
        #expect(fixture.server.namespace("a") === fixture.server.namespace("/a"))
        #expect(fixture.server.namespace("") === fixture.server.namespace("/"))
        #expect(fixture.server.namespace("a").name == "/a")
        #expect(fixture.adapter.takeCalls() == ["start /", "start /a"])
    }

    @Test("a namespace that nobody made is refused, and the session stays")
    func unknownNamespace() throws {
        let fixture = try Fixture()
        let client = fixture.client("0/random", "0/random,")
        let refusal = #"4/random,{"message":"Invalid namespace"}"#
        #expect(client.received() == [refusal, refusal])
        #expect(client.session.closeReason == nil)
    }

    @Test("events of the same tick are handled in order, after onConnection")
    func sameTick() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            notes.add("connected")
            socket.on("n") { notes.add("\($0.arguments[0]?.int ?? -1)") }
        }
        _ = fixture.client("0", #"2["n",1]"#, #"2["n",2]"#)
        #expect(notes.all == ["connected", "1", "2"])
    }

    @Test(
        "breaking the protocol ends the session with forced close",
        arguments: [
            ["abc"], ["2{}"], ["0", "2abc[1]"], ["0", "2[1.5.2]"], ["2[\"early\"]"], ["0", "0"], ["1"],
            ["0", "2/other,[\"x\"]"], ["0", #"2["disconnect"]"#], ["0", #"2["connect_error"]"#], ["0", "4{}"],
            ["0", "51-[\"x\"]"],
        ])
    func violations(messages: [String]) throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { $0.onDisconnect { notes.add($0) } }
        let neighbour = try fixture.joined()
        let client = fixture.client()
        for message in messages { client.send(message) }
        #expect(client.session.closeReason == .forcedClose)
        #expect(notes.all == (messages.first == "0" ? ["forced close"] : []))
        fixture.main.emit("still", "here")
        #expect(neighbour.received() == [#"2["still","here"]"#])
    }

    @Test("a session that joins no namespace in time is closed; others stay")
    func connectTimeout() throws {
        var configuration = ServerConfiguration()
        configuration.connectTimeout = .seconds(1)
        let fixture = try Fixture(configuration)
        _ = fixture.main
        let joined = fixture.client("0")
        let left = fixture.client("0", "1")
        let idle = fixture.client("0/random")
        fixture.advance(milliseconds: 500)
        let later = fixture.client()
        fixture.advance(milliseconds: 499)
        #expect(idle.session.closeReason == nil)
        fixture.advance(milliseconds: 1)
        #expect(idle.session.closeReason == .connectTimeout)
        #expect([joined, left, later].allSatisfy { $0.session.closeReason == nil })
        fixture.advance(milliseconds: 500)
        #expect(later.session.closeReason == .connectTimeout)
        #expect(joined.session.closeReason == nil)
    }

    @Test("a configuration out of range is named")
    func configuration() throws {
        try ServerConfiguration().validate()
        var configuration = ServerConfiguration()
        configuration.maxNamespacesPerSession = 0
        let error = #expect(throws: ServerConfigurationError.self) { try configuration.validate() }
        #expect(error?.description == "maxNamespacesPerSession is below its minimum (1)")
        configuration = ServerConfiguration()
        configuration.connectTimeout = .zero
        #expect(throws: ServerConfigurationError.self) { try configuration.validate() }
    }
}
