import EngineIO
import NIOCore
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("The compress flag")
struct CompressionTests {
    let fixture: Fixture
    let ann, bob: Client

    init() throws {
        fixture = try Fixture()
        ann = try fixture.joined()
        bob = try fixture.joined()
    }

    private func lastIsCompressible(_ client: Client) -> Bool? { client.session.lastMessage?.isCompressible }

    @Test("what a socket is sent may be compressed unless the sender objects")
    func socket() {
        fixture.main.withSocket(ann.id) { $0.emit("e") }
        #expect(lastIsCompressible(ann) == true)
        fixture.main.withSocket(ann.id) { $0.compress(false).emit("e", 1) }
        #expect(lastIsCompressible(ann) == false)
        fixture.main.withSocket(ann.id) { $0.compress(false).volatile.emit("e", arguments: [2]) }
        #expect(lastIsCompressible(ann) == false)
        fixture.main.withSocket(ann.id) { $0.volatile.compress(false).compress(true).emit("e") }
        #expect(lastIsCompressible(ann) == true)
        #expect(ann.received() == [#"2["e"]"#, #"2["e",1]"#, #"~2["e",2]"#, #"~2["e"]"#])
    }

    @Test("an event with acknowledgement goes as the sender says, too")
    func acknowledgement() {
        let notes = Notes()
        fixture.main.withSocket(ann.id) {
            $0.compress(false).emitWithAcknowledgement("e", arguments: [1]) { notes.add("\($0)") }
        }
        #expect(lastIsCompressible(ann) == false)
        #expect(ann.received() == [#"20["e",1]"#])
        ann.send("30[]")
        #expect(notes.all.count == 1)
    }

    @Test("so may a broadcast, here and on the other nodes")
    func broadcast() {
        for compress in [false, true] {
            _ = fixture.adapter.takeCalls()
            fixture.main.compress(compress).emit("b")
            #expect(lastIsCompressible(ann) == compress)
            #expect(lastIsCompressible(bob) == compress)
        }
        fixture.main.emit("b")
        #expect(lastIsCompressible(ann) == true)
    }

    @Test("a broadcast is compressed once for all receivers where an engine compresses", arguments: [false, true])
    func shared(compresses: Bool) throws {
        let session = FakeSession(shard: 0)
        session.compresses = compresses
        let cid = Client(fixture.server, session)
        cid.send("0")
        try cid.takeID()
        fixture.main.emit("b")
        var count = 0
        for client in [ann, bob, cid] {
            _ = client.session.lastMessage?.deflatedFrames(threshold: 0, windowBits: 15) { payload in
                count += 1
                return payload
            }
        }
        #expect(count == (compresses ? 1 : 3))
    }
}
