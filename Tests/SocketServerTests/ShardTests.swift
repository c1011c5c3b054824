import Cluster
import EngineIO
import NIOCore
import SocketIO
import SocketServer
import Testing

@Suite("Two event loops", .timeLimit(.minutes(1)))
struct ShardTests {
    @Test("a broadcast reaches the sockets of both loops, once each")
    func broadcast() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.on("all") { $0.socket.namespace.emit("b", arguments: $0.arguments) }
            fixture.main.on("others") { $0.socket.broadcast.emit("b", arguments: $0.arguments) }
            let (ann, bob) = (try await fixture.joined(on: 0), try await fixture.joined(on: 1))
            try await ann.send(#"2["all",1]"#)
            try await bob.send(#"2["others",2]"#)
            #expect(try await ann.received() == [#"2["b",1]"#, #"2["b",2]"#])
            #expect(try await bob.received() == [#"2["b",1]"#])
        }
    }

    @Test("what one handler sends to a socket of another loop arrives in order")
    func order() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.on("go") { event in
                let other = event.arguments[0]?.string ?? ""
                for number in 0..<Int64(50) {
                    event.socket.to(other).emit("n", .int(number * 2))
                    event.socket.broadcast.emit("n", .int(number * 2 + 1))
                    event.socket.emit("own", .int(number))
                }
            }
            let (sender, receiver) = (try await fixture.joined(on: 0), try await fixture.client(on: 1, "0"))
            let id = try await receiver.takeID()
            try await sender.send("2[\"go\",\"\(id)\"]")
            #expect(try await receiver.received() == (0..<100).map { "2[\"n\",\($0)]" })
            #expect(try await sender.received() == (0..<50).map { "2[\"own\",\($0)]" })
        }
    }

    @Test("withSocket goes to the socket's loop, and nowhere for unknown ids")
    func withSocket() async throws {
        try await LiveFixture.run { fixture in
            _ = fixture.main
            let bob = try await fixture.client(on: 1, "0")
            let id = try await bob.takeID()
            for number in 0..<Int64(3) { fixture.main.withSocket(id) { $0.emit("n", .int(number)) } }
            for unknown in ["node_1Bxxxxxxxxxxxxx", "node_1Zxxxxxxxxxxxxx", "node_2Bxxxxxxxxxxxxx", ""] {
                fixture.main.withSocket(unknown) { _ in Issue.record("no such socket") }
            }
            #expect(try await bob.received() == (0..<3).map { "2[\"n\",\($0)]" })
        }
    }

    @Test("rooms span the loops")
    func rooms() async throws {
        try await LiveFixture.run { fixture in
            let (ann, bob) = (try await fixture.joined(on: 0), try await fixture.joined(on: 1))
            fixture.main.socketsJoin("r", "s")
            fixture.main.to("r").emit("b")
            fixture.main.to("r").socketsLeave("s")
            fixture.main.to("s").emit("never")
            #expect(try await ann.received() == [#"2["b"]"#])
            #expect(try await bob.received() == [#"2["b"]"#])
            fixture.main.to("r").disconnectSockets()
            #expect(try await ann.received() == ["1"])
            #expect(try await bob.received() == ["1"])
        }
    }

    @Test("an acknowledgement may be given from any thread")
    func acknowledgement() async throws {
        try await LiveFixture.run { fixture in
            let other = fixture.loops[0]
            fixture.main.on("x") { event in
                let acknowledgement = event.acknowledgement
                other.execute { acknowledgement?("from afar") }
            }
            let client = try await fixture.joined(on: 1)
            try await client.send(#"25["x"]"#)
            #expect(try await client.next() == #"35["from afar"]"#)
        }
    }

    @Test("closing the server ends all sessions, and those that come later")
    func serverCloses() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            fixture.main.onConnection { $0.onDisconnect { notes.add($0) } }
            let (ann, bob) = (try await fixture.joined(on: 0), try await fixture.joined(on: 1))
            let idle = try await fixture.client(on: 0)
            await fixture.server.close()
            for client in [ann, bob, idle] { #expect(try await client.closeReason() == .serverShuttingDown) }
            #expect(notes.all == ["server shutting down", "server shutting down"])
            let late = try await fixture.client(on: 1)
            #expect(try await late.closeReason() == .serverShuttingDown)
        }
    }
}
