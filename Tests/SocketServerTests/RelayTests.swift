import Adapter
import Cluster
import NIOCore
import SocketIO
import SocketServer
import Testing

@Suite("Relays between servers about one socket")
struct RelayTests {
    private func fixture() throws -> (Fixture, Notes) {
        let (fixture, notes) = (try Fixture(), Notes())
        fixture.main.onRelay("whisper") { id, arguments in
            notes.add("\(id) [\(String(decoding: arguments.json.readableBytesView, as: UTF8.self))]")
        }
        return (fixture, notes)
    }

    @Test("a relay to a socket of this node goes to the handler, not to the client and not to other nodes")
    func local() throws {
        let (fixture, notes) = try fixture()
        let client = try fixture.joined()
        _ = fixture.adapter.takeCalls()
        fixture.main.relay("whisper", arguments: ["x", 1], to: client.id)
        #expect(notes.all == [#"\#(client.id) ["x",1]"#])
        #expect(client.received() == [])
        #expect(fixture.adapter.takeCalls() == [])
    }

    @Test("a relay to a socket of another node is published to that socket alone")
    func remote() throws {
        let (fixture, notes) = try fixture()
        _ = fixture.adapter.takeCalls()
        fixture.main.relay("whisper", arguments: ["x"], to: "other1A0123456789abc")
        #expect(fixture.adapter.takeCalls() == [#"publish ["whisper","x"] rooms=["other1A0123456789abc"] except=[]"#])
        #expect(notes.all == [])
    }

    @Test("what another node sends to one socket is handled if it is a relay, and delivered otherwise")
    func arriving() throws {
        let (fixture, notes) = try fixture()
        let client = try fixture.joined()
        let options = BroadcastOptions(rooms: [client.id])
        fixture.main.deliver(["whisper", "x"], to: options)
        fixture.main.deliver(["hello", "x"], to: options)
        #expect(notes.all == [#"\#(client.id) ["x"]"#])
        #expect(client.received() == [#"2["hello","x"]"#])
    }

    @Test("what a client sends under the name of a relay is an event like any other")
    func client() throws {
        let (fixture, notes) = try fixture()
        let client = try fixture.joined()
        client.send(#"2["whisper","x"]"#)
        #expect(notes.all == [])
    }

    @Test("the namespace runs something later, once")
    func schedule() throws {
        let (fixture, notes) = try fixture()
        fixture.main.schedule(after: .milliseconds(10)) { notes.add("now") }
        fixture.advance(milliseconds: 9)
        #expect(notes.all == [])
        fixture.advance(milliseconds: 20)
        #expect(notes.all == ["now"])
    }
}
