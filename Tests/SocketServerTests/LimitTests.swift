import Adapter
import Cluster
import EngineIO
import SocketIO
import SocketServer
import TestSupport
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

    @Test("a socket joins no more rooms than allowed, whoever asks; its own id and rooms it is in do not count")
    func rooms() throws {
        var configuration = ServerConfiguration()
        configuration.maxRoomsPerSocket = 2
        let fixture = try Fixture(configuration)
        fixture.main.on("join") { event in
            do throws(RoomLimitReached) {
                try event.socket.join(event.arguments[0]?.string ?? "")
                event.acknowledge("ok")
            } catch {
                event.acknowledge(["limit": .int(Int64(error.limit))])
            }
        }
        let (client, neighbour) = (try fixture.joined(), try fixture.joined())
        for name in ["a", "b", "c", "a"] { client.send("21[\"join\",\"\(name)\"]") }
        client.send("21[\"join\",\"\(client.id)\"]")
        #expect(
            client.received() == [
                #"31["ok"]"#, #"31["ok"]"#, #"31[{"limit":2}]"#, #"31["ok"]"#, #"31["ok"]"#,
            ])
        // From the server, and as if another node asked.
        fixture.main.socketsJoin("d")
        fixture.main.join(["e", "f", "g"], BroadcastOptions())
        fixture.main.emit("still", "here")
        #expect(client.received() == [#"2["still","here"]"#])
        #expect(neighbour.received() == [#"2["still","here"]"#])
        let rooms = Set(fixture.roomsOfAll().map { $0.subtracting([client.id, neighbour.id]) })
        #expect(rooms == [["a", "b"], ["d", "e"]])
    }

    @Test("a session that sends more events per second than allowed ends with its own reason; others stay")
    func eventRate() throws {
        var configuration = ServerConfiguration()
        configuration.rates.events = RateLimit(perSecond: 10, burst: 3)
        let fixture = try Fixture(configuration)
        let reasons = Notes()
        fixture.main.onConnection { $0.onDisconnect { reasons.add($0) } }
        fixture.main.on("n") { $0.acknowledge() }
        let (client, neighbour) = (try fixture.joined(), try fixture.joined())
        // Joining was the first packet.
        for _ in 0..<2 { client.send(#"21["n"]"#) }
        fixture.advance(milliseconds: 100)
        client.send(#"21["n"]"#)
        #expect(client.received().count == 3)
        client.send("39[]")
        #expect(client.session.closeReason == .rateLimit)
        #expect(reasons.all == ["rate limit"])
        neighbour.send(#"21["n"]"#)
        #expect(neighbour.received() == ["31[]"] && neighbour.session.closeReason == nil)
        let joining = fixture.client("0", "1", "0")
        #expect(joining.session.closeReason == nil)
        joining.send("1")
        #expect(joining.session.closeReason == .rateLimit)
    }

    @Test("an event with attachments is one event; bytes have a budget of their own")
    func byteRate() throws {
        var configuration = ServerConfiguration()
        configuration.rates.events = RateLimit(perSecond: 1, burst: 2)
        configuration.rates.bytes = RateLimit(perSecond: 100, burst: 200)
        let fixture = try Fixture(configuration)
        fixture.main.on("x") { $0.acknowledge() }
        let client = try fixture.joined()
        client.send(#"52-1["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#)
        client.send([1])
        client.send([2])
        #expect(client.received() == ["31[]"])
        let greedy = fixture.client("0")
        greedy.send([UInt8](repeating: 0, count: 200))
        #expect(greedy.session.closeReason == .rateLimit)
        #expect(client.session.closeReason == nil)
    }
}

extension Fixture {
    /// The rooms of each socket of the main namespace.
    fileprivate func roomsOfAll() -> [Set<String>] {
        let rooms = Recorder<Set<String>>()
        main.fetch(BroadcastOptions()) { sockets in
            for socket in sockets { rooms.record(Set(socket.rooms)) }
        }
        return rooms.all
    }
}
