import EngineIO
import NIOCore
import SocketIO
import SocketServer
import Testing

@Suite("Broadcasts and rooms")
struct BroadcastTests {
    let fixture: Fixture
    let ann, bob, cid: Client

    /// Three clients; Ann and Bob are in room `r`.
    init() throws {
        fixture = try Fixture()
        fixture.main.on("join") { try $0.socket.join($0.arguments[0]?.string ?? "") }
        fixture.main.on("leave") { $0.socket.leave($0.arguments[0]?.string ?? "") }
        fixture.main.on("rooms") { $0.acknowledge(.array($0.socket.rooms.sorted().map { .string($0) })) }
        ann = try fixture.joined()
        bob = try fixture.joined()
        cid = try fixture.joined()
        ann.send(#"2["join","r"]"#)
        bob.send(#"2["join","r"]"#)
        _ = fixture.adapter.takeCalls()
    }

    /// Who got the event `b` exactly once.
    private func receivers() -> [String] {
        [("ann", ann), ("bob", bob), ("cid", cid)].filter { $0.1.received() == [#"2["b"]"#] }.map { $0.0 }
    }

    @Test("the namespace reaches everybody, rooms their members, except all but them")
    func targets() {
        fixture.main.emit("b")
        #expect(receivers() == ["ann", "bob", "cid"])
        fixture.main.to("r").emit("b")
        #expect(receivers() == ["ann", "bob"])
        fixture.main.to("r", cid.id).to(ann.id).emit("b")
        #expect(receivers() == ["ann", "bob", "cid"])
        fixture.main.except("r").emit("b")
        #expect(receivers() == ["cid"])
        fixture.main.to("r").except(ann.id).emit("b")
        #expect(receivers() == ["bob"])
        fixture.main.to("nobody").emit("b")
        #expect(receivers() == [])
    }

    @Test("a socket's broadcasts leave itself out")
    func fromSocket() {
        fixture.main.withSocket(ann.id) { $0.broadcast.emit("b") }
        #expect(receivers() == ["bob", "cid"])
        fixture.main.withSocket(ann.id) { $0.to("r").emit("b") }
        #expect(receivers() == ["bob"])
        fixture.main.withSocket(ann.id) { [bob = bob.id] in $0.except(bob).emit("b") }
        #expect(receivers() == ["cid"])
        fixture.main.withSocket(cid.id) { $0.local.to("r").emit("b") }
        #expect(receivers() == ["ann", "bob"])
    }

    @Test("leaving and disconnecting end the membership")
    func leaving() {
        ann.send(#"2["leave","r"]"#)
        fixture.main.to("r").emit("b")
        #expect(receivers() == ["bob"])
        bob.send("1")
        fixture.main.to("r").emit("b")
        fixture.main.to(bob.id).emit("b")
        #expect(receivers() == [])
        ann.send(#"21["rooms"]"#)
        #expect(ann.received() == ["31[[\"\(ann.id)\"]]"])
    }

    @Test("namespaces do not mix")
    func namespaces() {
        fixture.server.namespace("/custom").emit("b")
        #expect(receivers() == [])
    }

    @Test("a receiver that is closed while it is sent to does not disturb the others")
    func closedMeanwhile() {
        bob.session.onSend = { bob.session.close(.slowConsumer) }
        fixture.main.to("r").emit("b")
        fixture.main.emit("b")
        #expect(ann.received() == [#"2["b"]"#, #"2["b"]"#])
        #expect(cid.received() == [#"2["b"]"#])
        #expect(bob.session.closeReason == .slowConsumer)
    }

    @Test("other nodes are told, with rooms, exceptions and modifiers; local ones not")
    func published() {
        fixture.main.emit("b", 1)
        fixture.main.to("r").except("s").volatile.compress(false).emit("b", arguments: ["x"])
        fixture.main.withSocket(ann.id) { $0.broadcast.emit("b") }
        fixture.main.local.emit("b")
        #expect(
            fixture.adapter.takeCalls() == [
                #"publish ["b",1] rooms=[] except=[]"#,
                #"publish ["b","x"] rooms=["r"] except=["s"] volatile compress=false"#,
                #"publish ["b"] rooms=[] except=["\#(ann.id)"]"#,
            ])
    }

    @Test("a single socket id of this node is not published, one of another node is")
    func socketIDs() {
        fixture.main.to(ann.id).emit("b")
        #expect(receivers() == ["ann"])
        #expect(fixture.adapter.takeCalls() == [])
        fixture.main.to("node_2Axxxxxxxxxxxxx").emit("b")
        #expect(fixture.adapter.takeCalls() == [#"publish ["b"] rooms=["node_2Axxxxxxxxxxxxx"] except=[]"#])
        #expect(receivers() == [])
    }

    @Test("volatile broadcasts say so to the sessions")
    func volatile() {
        fixture.main.volatile.to("r").emit("b")
        #expect(ann.received() == [#"~2["b"]"#])
    }

    @Test("binary broadcasts carry their attachments")
    func binary() {
        fixture.main.emit("b", .binary(.init(bytes: [9])))
        #expect(cid.received() == [#"51-["b",{"_placeholder":true,"num":0}]"#, "b:9"])
    }

    @Test("a socket joins no more rooms than allowed, rooms it is in count once")
    func roomLimit() throws {
        var configuration = ServerConfiguration()
        configuration.maxRoomsPerSocket = 1
        let fixture = try Fixture(configuration)
        let notes = Notes()
        fixture.main.onConnection { socket in
            do throws(RoomLimitReached) {
                try socket.join("one")
                try socket.join("one")
                try socket.join(socket.id)
                try socket.join("two")
            } catch {
                notes.add("\(error.limit) \(socket.rooms.count)")
            }
        }
        _ = try fixture.joined()
        #expect(notes.all == ["1 2"])
        fixture.main.socketsJoin("three")
        fixture.main.to("three").emit("b")
        #expect(receivers() == [])
    }
}
