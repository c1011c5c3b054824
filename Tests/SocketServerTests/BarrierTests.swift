import EngineIO
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Barriers")
struct BarrierTests {
    @Test("a barrier stands between what was sent before and after it, and is passed once")
    func passes() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.emit("before")
            for number in 1...2 {
                let isRaised = socket.raiseBarrier { notes.add("\(number) \($0.isConnected)") }
                #expect(isRaised)
            }
            socket.emit("after")
        }
        let client = try fixture.joined()
        #expect(client.received() == [#"2["before"]"#, "|", "|", #"2["after"]"#])
        #expect(notes.all.isEmpty)
        for passed in [["1 true"], ["1 true", "2 true"], ["1 true", "2 true"]] {
            client.session.handler?.barrierPassed()
            #expect(notes.all == passed)
        }
    }

    @Test("a socket that has left is told nothing; the session's other socket is")
    func disconnected() throws {
        let fixture = try Fixture()
        let notes = Notes()
        for name in ["/", "/custom"] {
            fixture.server.namespace(name).onConnection { socket in socket.raiseBarrier { _ in notes.add(name) } }
        }
        fixture.main.on("out") { event in
            event.socket.disconnect()
            let isRaised = event.socket.raiseBarrier { _ in notes.add("late") }
            #expect(!isRaised)
        }
        let client = fixture.client("0", "0/custom,", #"2["out"]"#)
        for _ in 0..<3 { client.session.handler?.barrierPassed() }
        #expect(notes.all == ["/custom"])
    }

    @Test("clients of protocol 4 have no barriers")
    func protocol4() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in notes.add("\(socket.raiseBarrier { _ in notes.add("passed") })") }
        let client = Client(fixture.server, FakeSession(shard: 0, protocolVersion: .v3))
        #expect(notes.all == ["false"])
        #expect(!client.received().contains("|"))
    }
}
