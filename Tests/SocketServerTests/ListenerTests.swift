import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Listeners")
struct ListenerTests {
    private struct Broken: Error {}

    @Test("listeners of every event run first, prepended ones before the others, until they are removed")
    func any() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.onConnection { socket in
            socket.on("x") { _ in notes.add("x") }
            let token = socket.onAny { notes.add("any \($0.name)") }
            socket.prependAny { _ in notes.add("before") }
            socket.on("one less") { $0.socket.offAny(token) }
            socket.on("none") { $0.socket.offAny() }
        }
        let client = try fixture.joined()
        for name in ["x", "one less", "x", "none", "x"] { client.send("2[\"\(name)\"]") }
        #expect(notes.all == ["before", "any x", "x", "before", "any one less", "before", "x", "before", "x"])
    }

    @Test("tokens remove single handlers, offAll all of the socket")
    func off() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.on("x") { _ in notes.add("namespace") }
        fixture.main.onConnection { socket in
            let first = socket.on("x") { _ in notes.add("first") }
            socket.on("x") { _ in notes.add("second") }
            let once = socket.once("x") { _ in notes.add("never") }
            socket.off(once)
            socket.on("off") { event in
                event.socket.off(first)
                event.socket.off(first)
            }
            socket.on("all") { $0.socket.offAll() }
        }
        let client = try fixture.joined()
        for name in ["x", "off", "x", "all", "x"] { client.send("2[\"\(name)\"]") }
        #expect(notes.all == ["first", "second", "namespace", "second", "namespace", "namespace"])
    }

    @Test("outgoing listeners see emits, questions and broadcasts to their socket, and nothing else")
    func outgoing() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.onConnection { socket in
            guard socket.auth["listens"] != nil else { return }
            let token = socket.onAnyOutgoing { notes.add("\($0.name) \($0.arguments.count)") }
            socket.prependAnyOutgoing { _ in notes.add(">") }
            socket.on("one less") { $0.socket.offAnyOutgoing(token) }
            socket.on("none") { $0.socket.offAnyOutgoing() }
        }
        _ = fixture.main
        let (listening, other) = (fixture.client(#"0{"listens":1}"#), fixture.client("0"))
        try listening.takeID()
        try other.takeID()
        fixture.main.to(listening.id).emit("one", 1, 2)
        fixture.main.to(other.id).emit("other")
        fixture.main.emit("all")
        fixture.main.withSocket(listening.id) { socket in
            socket.volatile.emit("volatile")
            socket.emitWithAcknowledgement("ask", 1) { _ in }
        }
        #expect(notes.all == [">", "one 2", ">", "all 0", ">", "volatile 0", ">", "ask 1"])
        listening.send(#"21["one less"]"#)
        fixture.main.emit("x")
        listening.send(#"2["none"]"#)
        fixture.main.emit("y")
        #expect(notes.all.suffix(2) == ["ask 1", ">"])
        #expect(listening.received().last == #"2["y"]"#)
    }

    @Test("a socket that is gone is told nothing, and leaves no trace")
    func outgoingAfterwards() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.onConnection { socket in
            socket.onAnyOutgoing { notes.add($0.name) }
            socket.onDisconnect { _ in socket.onAnyOutgoing { _ in notes.add("too late") } }
        }
        let client = try fixture.joined()
        client.send("1")
        fixture.main.emit("x")
        #expect(notes.all == [])
    }

    @Test("errors of middleware and handlers are acknowledged without detail, and told to onError")
    func errors() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.on("shared") { _ in throw EventError("not here") }
        fixture.main.on("room") { try $0.socket.join("a second room") }
        fixture.main.onConnection { socket in
            socket.use { event in if event.name == "bad" { throw Broken() } }
            socket.on("bad") { _ in notes.add("never") }
            socket.on("own") { _ in throw Broken() }
            socket.onError { error, event in notes.add("\(type(of: error)) \(event.name)") }
        }
        let client = try fixture.joined()
        for (id, name) in ["bad", "own", "shared"].enumerated() { client.send("2\(id)[\"\(name)\"]") }
        let hidden = #"[{"error":"Internal server error","code":"internal_error"}]"#
        #expect(client.received() == ["30\(hidden)", "31\(hidden)", #"32[{"error":"not here","code":"refused"}]"#])
        client.send(#"2["own"]"#)
        #expect(client.received() == [])
        #expect(notes.all == ["Broken bad", "Broken own", "EventError shared", "Broken own"])
    }

    @Test("an error after the answer changes nothing")
    func errorAfterAnswer() throws {
        let fixture = try Fixture()
        fixture.main.on("x") { event in
            event.acknowledge("done")
            throw Broken()
        }
        let client = try fixture.joined()
        client.send(#"21["x"]"#)
        #expect(client.received() == [#"31["done"]"#])
    }

    @Test("a room too many is told to the client")
    func rooms() throws {
        var configuration = ServerConfiguration()
        configuration.maxRoomsPerSocket = 1
        let fixture = try Fixture(configuration)
        fixture.main.on("join") { event in try event.socket.join(event.arguments.decode(at: 0)) }
        let client = try fixture.joined()
        client.send(#"21["join","a"]"#)
        client.send(#"22["join","b"]"#)
        #expect(
            client.received() == [
                #"32[{"error":"No more than 1 rooms can be joined","code":"room_limit_reached"}]"#
            ])
    }

    @Test("send is the event message")
    func send() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { $0.send("one", 1) }
        let client = try fixture.joined()
        fixture.main.send("all")
        #expect(client.received() == [#"2["message","one",1]"#, #"2["message","all"]"#])
    }
}
