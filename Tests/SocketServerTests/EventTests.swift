import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Events")
struct EventTests {
    private struct Broken: Error {}

    @Test("arguments come back as they came")
    func echo() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { socket in
            socket.on("message") { event in event.socket.emit("message-back", arguments: event.arguments) }
        }
        let client = try fixture.joined()
        client.send(#"2["message",1,"2",{"3":[true]}]"#)
        client.send(#"2["message"]"#)
        #expect(client.received() == [#"2["message-back",1,"2",{"3":[true]}]"#, #"2["message-back"]"#])
    }

    @Test("binary content goes both ways")
    func binary() throws {
        let fixture = try Fixture()
        fixture.main.on("message") { event in event.socket.emit("message-back", arguments: event.arguments) }
        fixture.main.on("ask") { event in event.acknowledge(event.arguments[0] ?? .null, 1) }
        let client = try fixture.joined()
        client.send(#"51-["message",{"_placeholder":true,"num":0}]"#)
        client.send([1, 2])
        #expect(client.received() == [#"51-["message-back",{"_placeholder":true,"num":0}]"#, "b:12"])
        client.send(#"51-789["ask",{"_placeholder":true,"num":0}]"#)
        client.send([3])
        #expect(client.received() == [#"61-789[{"_placeholder":true,"num":0},1]"#, "b:3"])
    }

    @Test("onAny runs first, the socket's handlers in order, the namespace's last")
    func order() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.on("x") { _ in notes.add("namespace") }
        fixture.main.on("x") { _ in notes.add("namespace 2") }
        fixture.main.onConnection { socket in
            socket.on("x") { _ in notes.add("first") }
            socket.on("x") { _ in notes.add("second") }
            socket.onAny { notes.add("any \($0.name)") }
        }
        try fixture.joined().send(#"2["x"]"#)
        #expect(notes.all == ["any x", "first", "second", "namespace", "namespace 2"])
    }

    @Test("once runs once, beside handlers that stay; off removes")
    func onceAndOff() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.once("x") { _ in notes.add("once") }
            socket.on("x") { _ in notes.add("on") }
            socket.once("y") { _ in notes.add("once y") }
            socket.on("off") { $0.socket.off("x") }
        }
        let client = try fixture.joined()
        for _ in 0..<2 { client.send(#"2["x"]"#) }
        for _ in 0..<2 { client.send(#"2["y"]"#) }
        client.send(#"2["off"]"#)
        client.send(#"2["x"]"#)
        #expect(notes.all == ["once", "on", "on", "once y"])
    }

    @Test("a handler may register handlers while it runs")
    func registering() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { socket in
            socket.on("x") { event in event.socket.on("y") { $0.acknowledge("late") } }
        }
        let client = try fixture.joined()
        client.send(#"2["x"]"#)
        client.send(#"21["y"]"#)
        #expect(client.received() == [#"31["late"]"#])
    }

    @Test("events without a handler go to onUnhandled, or nowhere")
    func unhandled() throws {
        let fixture = try Fixture()
        fixture.main.on("known") { _ in }
        let client = try fixture.joined()
        client.send(#"21["what"]"#)
        #expect(client.received() == [])
        fixture.main.onConnection { socket in
            socket.onUnhandled { $0.acknowledge(["error": .string("unknown event \($0.name)")]) }
        }
        let other = try fixture.joined()
        other.send(#"22["what"]"#)
        other.send(#"23["known"]"#)
        #expect(other.received() == [#"32[{"error":"unknown event what"}]"#])
        #expect(client.session.closeReason == nil)
    }

    @Test("an error thrown by a handler ends that event only")
    func handlerErrors() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.on("x") { _ in throw Broken() }
            socket.on("x") { _ in notes.add("never") }
            socket.on("y") { _ in notes.add("y") }
        }
        let client = try fixture.joined()
        client.send(#"2["x"]"#)
        client.send(#"2["y"]"#)
        #expect(notes.all == ["y"])
        #expect(client.session.closeReason == nil)
    }

    @Test("packet middleware sees every event and may drop it")
    func packetMiddleware() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.use { event in if event.name == "bad" { throw Broken() } }
            socket.use { event in if event.name == "leave" { event.socket.disconnect() } }
            socket.onAny { notes.add($0.name) }
        }
        let client = try fixture.joined()
        for name in ["good", "bad", "leave"] { client.send("2[\"\(name)\"]") }
        #expect(notes.all == ["good"])
        #expect(client.received() == ["1"])
    }

    @Test(
        "reserved names are not sent",
        arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    func reservedNames(name: String) throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.emit(name)
            socket.broadcast.emit(name)
            socket.emitWithAcknowledgement(name, timeout: .seconds(1)) { notes.add("\($0)") }
        }
        let client = try fixture.joined()
        fixture.main.emit(name)
        #expect(client.received() == [])
        #expect(notes.all == ["failure(SocketServer.AcknowledgementError.reservedName)"])
        #expect(fixture.adapter.takeCalls() == ["start /"])
    }

    @Test("volatile events say so")
    func volatile() throws {
        let fixture = try Fixture()
        fixture.main.onConnection { socket in
            socket.volatile.emit("v", 1)
            socket.volatile.emit("w", arguments: [2])
        }
        let client = try fixture.joined()
        #expect(client.received() == [#"~2["v",1]"#, #"~2["w",2]"#])
    }

    @Test("data and storage belong to the socket")
    func dataAndStorage() throws {
        enum Name: StorageKey { typealias Value = String }
        let fixture = try Fixture()
        fixture.main.onConnection { socket in
            socket.storage[Name.self] = "Ann"
            socket.data = ["age": 3]
        }
        fixture.main.on("who") { event in
            event.acknowledge(.string(event.socket.storage[Name.self] ?? "nobody"), event.socket.data)
        }
        let client = try fixture.joined()
        client.send(#"21["who"]"#)
        #expect(client.received() == [#"31["Ann",{"age":3}]"#])
    }
}
