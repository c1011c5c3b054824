import Cluster
import NIOCore
import SocketIO
import SocketServer
import Testing

@Suite("Acknowledgements")
struct AcknowledgementTests {
    /// A socket that asks its client on the event `go` and notes what came.
    private func asking(_ notes: Notes, _ fixture: Fixture) throws -> Client {
        fixture.main.on("go") { event in
            event.socket.emitWithAcknowledgement("ask", "?", timeout: .seconds(1)) { result in
                switch result {
                case .success(let arguments): notes.add(String(buffer: arguments.json))
                case .failure(let error): notes.add("\(error)")
                }
            }
        }
        let client = try fixture.joined()
        client.send(#"2["go"]"#)
        return client
    }

    private func questionID(_ messages: [String]) -> Substring {
        (messages.first ?? "").dropFirst().prefix { $0.isNumber }
    }

    @Test("the client's answer reaches the caller once")
    func answered() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        let client = try asking(notes, fixture)
        #expect(client.received() == [#"20["ask","?"]"#])
        client.send(#"30["yes",{"a":1}]"#)
        client.send(#"30["again"]"#)
        client.send(#"37["unasked"]"#)
        fixture.advance(milliseconds: 2_000)
        #expect(notes.all == [#""yes",{"a":1}"#])
        #expect(client.session.closeReason == nil)
    }

    @Test("a binary answer is put together")
    func binaryAnswer() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        let client = try asking(notes, fixture)
        client.send(#"61-0[{"_placeholder":true,"num":0}]"#)
        #expect(notes.all == [])
        client.send([7])
        #expect(notes.all == [#"{"_placeholder":true,"num":0}"#])
    }

    @Test("without an answer the time limit ends the waiting; a late answer is ignored")
    func timeout() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        let client = try asking(notes, fixture)
        fixture.advance(milliseconds: 999)
        #expect(notes.all == [])
        fixture.advance(milliseconds: 1)
        client.send(#"30["late"]"#)
        #expect(notes.all == ["timedOut"])
    }

    @Test("a disconnect ends the waiting, and asking a socket that is gone fails at once")
    func disconnected() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.onConnection { socket in
            socket.onDisconnect { _ in
                socket.emitWithAcknowledgement("ask", timeout: .seconds(1)) { _ in notes.add("at once") }
            }
        }
        let client = try asking(notes, fixture)
        client.send("1")
        fixture.advance(milliseconds: 2_000)
        #expect(notes.all == ["disconnected", "at once"])
    }

    @Test("a client that owes too many answers is not asked again")
    func limit() throws {
        var configuration = ServerConfiguration()
        configuration.maxPendingAcknowledgements = 1
        let (fixture, notes) = (try Fixture(configuration), Notes())
        let client = try asking(notes, fixture)
        client.send(#"2["go"]"#)
        #expect(client.received() == [#"20["ask","?"]"#])
        #expect(notes.all == ["tooManyPending"])
    }

    @Test("an event is answered once, also later, and not after the disconnect")
    func answering() throws {
        let fixture = try Fixture()
        fixture.main.on("x") { event in
            let acknowledgement = event.acknowledgement
            event.socket.schedule(after: .seconds(1)) { _ in
                acknowledgement?("first")
                acknowledgement?("second")
            }
        }
        let client = try fixture.joined()
        client.send(#"21["x"]"#)
        client.send(#"2["x"]"#)
        fixture.advance(milliseconds: 1_000)
        #expect(client.received() == [#"31["first"]"#])
    }

    @Test("a broadcast asks each client with one id and hands over first arguments")
    func broadcast() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        let (ann, bob) = (try fixture.joined(), try fixture.joined())
        fixture.main.deliverExpectingAcknowledgements(
            Arguments(event: "ask", ["?"]), to: .init(), timeout: .seconds(1),
            clientCount: { notes.add("asked \($0)") }, acknowledgement: { notes.add("\($0.string ?? "null")") })
        let question = ann.received()
        #expect(question == bob.received())
        let id = questionID(question)
        ann.send("3\(id)[\"yes\",2]")
        ann.send("3\(id)[\"twice\"]")
        bob.send("3\(id)[]")
        bob.send("3\(id)[\"after all\"]")
        #expect(notes.all == ["asked 2", "yes", "null"])
    }

    @Test("a broadcast to nobody counts no client, and late answers are ignored")
    func broadcastLate() throws {
        let (fixture, notes) = (try Fixture(), Notes())
        let ann = try fixture.joined()
        for rooms in [["nobody"], []] {
            fixture.main.deliverExpectingAcknowledgements(
                ["ask"], to: .init(rooms: rooms), timeout: .seconds(1),
                clientCount: { notes.add("asked \($0)") }, acknowledgement: { _ in notes.add("answered") })
        }
        let id = questionID(ann.received())
        fixture.advance(milliseconds: 1_000)
        ann.send("3\(id)[1]")
        #expect(notes.all == ["asked 0", "asked 1"])
    }
}
