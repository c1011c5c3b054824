import EngineIO
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Clients of protocol 4")
struct Protocol4Tests {
    let sessionID = "node_1Axxxxxxxxxxxxxxxx"

    func client(_ fixture: Fixture, _ messages: String...) -> Client {
        let client = Client(fixture.server, FakeSession(id: sessionID, shard: 0, protocolVersion: .v3))
        for message in messages { client.send(message) }
        return client
    }

    @Test("are in the main namespace from the start, with the session's id, which they know")
    func main() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            notes.add("\(socket.id) \(socket.auth == [:]) \(socket.protocolVersion)")
            socket.emit("hello")
        }
        let client = client(fixture)
        #expect(client.received() == ["0", #"2["hello"]"#])
        #expect(notes.all == ["\(sessionID) true v3"])
        fixture.main.to(sessionID).emit("a")
        fixture.main.withSocket(sessionID) { $0.emit("b") }
        #expect(client.received() == [#"2["a"]"#, #"2["b"]"#])
    }

    @Test("join other namespaces, with the query as auth, and there have an id that they can make themselves")
    func namespace() throws {
        let fixture = try Fixture()
        fixture.server.namespace("/custom").onConnection { socket in
            socket.emit("auth", socket.auth, .string(socket.id))
        }
        fixture.server.namespace("/custom").on("where") { $0.acknowledge("custom") }
        _ = fixture.main
        let client = client(fixture, "0/custom?token=a%20b&x=1,", #"2/custom?token=a,7["where"]"#)
        let id = "/custom#\(sessionID)"
        #expect(
            client.received() == [
                "0", "0/custom,", #"2/custom,["auth",{"token":"a b","x":"1"},"\#(id)"]"#, #"3/custom,7["custom"]"#,
            ])
        fixture.server.namespace("/custom").withSocket(id) { $0.emit("b") }
        #expect(client.received() == [#"2/custom,["b"]"#])
    }

    @Test("are not in the main namespace when its middleware refuses them, but may join others")
    func refused() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.use { _ in throw ConnectError("not you") }
            _ = fixture.server.namespace("/custom")
            let client = try await fixture.client(on: 0, protocolVersion: .v3)
            #expect(try await client.next() == #"4"not you""#)
            try await client.send("0/custom")
            #expect(try await client.next() == "0/custom,")
        }
    }

    @Test(
        "are told the data of an error if there is any, or else its message",
        arguments: [
            (nil, #""why""#), (.null, #""why""#), (false, #""why""#), (0, #""why""#), ("", #""why""#), (1, "1"),
            (["code": 1], #"{"code":1}"#),
        ] as [(Value?, String)])
    func error(data: Value?, payload: String) async throws {
        try await LiveFixture.run { fixture in
            fixture.main.use { _ in throw ConnectError("why", data: data) }
            let client = try await fixture.client(on: 0, protocolVersion: .v3)
            #expect(try await client.next() == "4" + payload)
        }
    }

    @Test("are told of a namespace that nobody made in the words of protocol 5, as by the reference server")
    func unknown() throws {
        let fixture = try Fixture()
        _ = fixture.main
        let client = client(fixture, "0/random?x=1")
        #expect(client.received() == ["0", #"4/random,{"message":"Invalid namespace"}"#])
    }

    @Test("break the protocol when they ask for the main namespace, and may come back to it after they left")
    func again() throws {
        let fixture = try Fixture()
        _ = fixture.main
        let client = client(fixture, "1", "0")
        #expect(client.received() == ["0", "0"])
        client.send("0")
        #expect(client.session.closeReason == .forcedClose)
    }

    @Test("may be sent away at once")
    func disconnected() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.onDisconnect { notes.add($0) }
            socket.disconnect(close: true)
        }
        let client = client(fixture)
        #expect(client.received() == ["0", "1"])
        #expect(client.session.closeReason == .forcedServerClose)
        #expect(notes.all == ["server namespace disconnect"])
    }

    @Test("a query string is part of the namespace's name for clients of protocol 5")
    func protocol5() throws {
        let fixture = try Fixture()
        _ = fixture.server.namespace("/custom")
        let client = fixture.client("0/custom?x=1,")
        #expect(client.received() == [#"4/custom?x=1,{"message":"Invalid namespace"}"#])
    }
}
