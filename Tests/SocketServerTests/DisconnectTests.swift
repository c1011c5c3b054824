import EngineIO
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Disconnecting")
struct DisconnectTests {
    /// A fixture whose sockets note how they end.
    private func fixture(_ notes: Notes) throws -> Fixture {
        let fixture = try Fixture()
        for name in ["/", "/custom"] {
            fixture.server.namespace(name).onConnection { socket in
                try? socket.join("room")
                socket.onDisconnecting { notes.add("disconnecting \($0) \(socket.rooms.count) \(socket.isConnected)") }
                socket.onDisconnect { notes.add("\(name) \($0) \(socket.rooms.count) \(socket.isConnected)") }
            }
        }
        return fixture
    }

    @Test("the client leaves a namespace: nothing is sent, the session stays, it may come back")
    func clientLeaves() throws {
        let notes = Notes()
        let fixture = try fixture(notes)
        let client = try fixture.joined()
        client.send("1")
        #expect(
            notes.all == [
                "disconnecting client namespace disconnect 2 true", "/ client namespace disconnect 0 false",
            ])
        #expect(client.received() == [])
        #expect(client.session.closeReason == nil)
        let first = client.id
        client.send("0")
        #expect(try client.takeID() != first)
    }

    @Test("the server disconnects one namespace; the other goes on")
    func serverDisconnects() throws {
        let notes = Notes()
        let fixture = try fixture(notes)
        fixture.server.namespace("/custom").on("out") { $0.socket.disconnect() }
        fixture.main.on("here") { $0.acknowledge("yes") }
        let client = fixture.client("0", "0/custom,")
        _ = client.received()
        client.send(#"2/custom,["out"]"#)
        client.send(#"21["here"]"#)
        #expect(client.received() == ["1/custom,", #"31["yes"]"#])
        #expect(notes.all.last == "/custom server namespace disconnect 0 false")
    }

    @Test("disconnect(close:) ends all namespaces and the session")
    func serverCloses() throws {
        let notes = Notes()
        let fixture = try fixture(notes)
        fixture.main.on("out") { $0.socket.disconnect(close: true) }
        let client = fixture.client("0", "0/custom,")
        _ = client.received()
        client.send(#"2["out"]"#)
        #expect(client.received() == ["1", "1/custom,"])
        #expect(client.session.closeReason == .forcedServerClose)
        let ends = notes.all.filter { !$0.hasPrefix("disconnecting") }
        #expect(ends == ["/ server namespace disconnect 0 false", "/custom server namespace disconnect 0 false"])
    }

    @Test("the end of the session is the reason of all its sockets", arguments: CloseReason.allCases)
    func sessionEnds(reason: CloseReason) throws {
        let notes = Notes()
        let fixture = try fixture(notes)
        let client = fixture.client("0", "0/custom,")
        client.session.close(reason)
        #expect(
            notes.all.filter { !$0.hasPrefix("disconnecting") }
                == ["/ \(reason.rawValue) 0 false", "/custom \(reason.rawValue) 0 false"])
    }

    @Test("what a socket does after its end is without effect")
    func afterwards() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.onDisconnect { _ in
                socket.emit("x")
                socket.disconnect()
                try? socket.join("room")
                socket.leave("room")
                socket.schedule(after: .seconds(1)) { _ in notes.add("never") }
            }
        }
        let client = try fixture.joined()
        client.send("1")
        fixture.advance(milliseconds: 2_000)
        #expect(client.received() == [])
        #expect(notes.all == [])
    }

    @Test("disconnecting inside a disconnecting handler ends once")
    func reentrant() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.onDisconnecting { _ in socket.disconnect(close: true) }
            socket.onDisconnect { notes.add($0) }
        }
        let client = try fixture.joined()
        client.send("1")
        #expect(notes.all == ["client namespace disconnect"])
        #expect(client.session.closeReason == .forcedServerClose)
    }

    @Test("a socket is freed after its end, though its handlers captured it")
    func freed() throws {
        final class Witness: Sendable {}
        enum Key: StorageKey { typealias Value = Witness }
        let fixture = try Fixture()
        weak var witness: Witness?
        do {
            let kept = Witness()
            witness = kept
            let reference = Reference(kept)
            fixture.main.onConnection { socket in
                socket.storage[Key.self] = reference.take()
                socket.on("x") { _ in socket.emit("x") }
                socket.onAny { _ in _ = socket }
                socket.onAnyOutgoing { _ in _ = socket }
                socket.use { _ in _ = socket }
                socket.onError { _, _ in _ = socket }
                socket.onDisconnect { _ in _ = socket }
                socket.schedule(after: .seconds(60)) { _ in _ = socket }
                socket.emitWithAcknowledgement("y", timeout: .seconds(60)) { _ in _ = socket }
            }
            let client = try fixture.joined()
            client.session.close(.transportClose)
        }
        #expect(witness == nil)
    }

    @Test("timers run in order and die with the socket; a cancelled one never runs")
    func timers() throws {
        let fixture = try Fixture()
        let notes = Notes()
        fixture.main.onConnection { socket in
            socket.schedule(after: .seconds(2)) { _ in notes.add("2") }
            socket.schedule(after: .seconds(1)) { $0.emit("tick") }
            socket.schedule(after: .seconds(1)) { _ in notes.add("cancelled") }.cancel()
            socket.schedule(after: .seconds(3)) { _ in notes.add("3") }
        }
        let client = try fixture.joined()
        fixture.advance(milliseconds: 1_000)
        #expect(client.received() == [#"2["tick"]"#])
        fixture.advance(milliseconds: 1_000)
        client.send("1")
        fixture.advance(milliseconds: 2_000)
        #expect(notes.all == ["2"])
    }
}
