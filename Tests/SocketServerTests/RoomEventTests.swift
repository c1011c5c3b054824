import EngineIO
import NIOEmbedded
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Room events and local views", .timeLimit(.minutes(1)))
struct RoomEventTests {
    /// Notes everything that happens to rooms, own ids as `id`.
    private func observe(_ namespace: Namespace, _ notes: Notes) {
        @Sendable func note(_ what: String, _ event: RoomEvent) {
            notes.add("\(what) \(event.room == event.socketID ? "id" : event.room)")
        }
        namespace.onRoomCreated { note("created", $0) }
        namespace.onRoomDeleted { note("deleted", $0) }
        namespace.onRoomJoined { note("joined", $0) }
        namespace.onRoomLeft { note("left", $0) }
    }

    @Test("rooms are created by their first member and deleted with their last, own ids included")
    func events() throws {
        let fixture = try Fixture()
        let notes = Notes()
        observe(fixture.main, notes)
        let (ann, bob) = (try fixture.joined(), try fixture.joined())
        fixture.main.socketsJoin("r")
        fixture.main.socketsJoin("r")
        fixture.main.to(ann.id).socketsLeave("r", "unknown")
        bob.send("1")
        fixture.loop.run()
        #expect(
            notes.all == [
                "created id", "joined id", "created id", "joined id", "created r", "joined r", "joined r", "left r",
                "left id", "deleted id", "left r", "deleted r",
            ])
    }

    @Test("the first and the last member count over all event loops of the node, in one order")
    func overLoops() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            observe(fixture.main, notes)
            fixture.main.on("toggle") { event in
                try event.socket.join("r")
                event.socket.leave("r")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for shard in 0...1 {
                    let client = try await fixture.joined(on: shard)
                    group.addTask { for _ in 0..<500 { try await client.send(#"2["toggle"]"#) } }
                }
                try await group.waitForAll()
            }
            #expect(await eventually { notes.all.count { $0 == "left r" } == 1000 })
            var members = 0
            for note in notes.all where note.hasSuffix(" r") {
                switch note {
                case "created r": #expect(members == 0)
                case "joined r": members += 1
                case "left r": members -= 1
                default: #expect(members == 0)
                }
            }
            let created = notes.all.count { $0 == "created r" }
            #expect(await eventually { notes.all.count { $0 == "deleted r" } == created })
        }
    }

    @Test("of rooms that are there already only the end is told; namespaces of a parent have its handlers")
    func lateAndInherited() throws {
        let fixture = try Fixture()
        let notes = Notes()
        let ann = try fixture.joined()
        fixture.main.socketsJoin("r")
        observe(fixture.main, notes)
        _ = try fixture.joined()
        fixture.main.socketsJoin("r")
        fixture.main.socketsLeave("r")
        ann.send("1")
        fixture.loop.run()
        #expect(
            notes.all == [
                "created id", "joined id", "joined r", "left r", "left r", "deleted r", "left id", "deleted id",
            ])
        let (inherited, parent) = (Notes(), fixture.server.namespaces(matching: "/t:id"))
        parent.onRoomCreated { inherited.add($0.namespace.name) }
        let client = fixture.client("0/t1,")
        fixture.loop.run()
        #expect(inherited.all == ["/t1"])
        client.session.close(.transportClose)
    }

    @Test("a node tells its own sockets and rooms")
    func localViews() async throws {
        try await LiveFixture.run { fixture in
            let ann = try await fixture.client(on: 0, "0")
            let bob = try await fixture.client(on: 1, "0")
            let ids = [try await ann.takeID(), try await bob.takeID()]
            fixture.main.to(ids[0]).socketsJoin("r")
            fixture.main.socketsJoin("s")
            #expect(fixture.main.localSocketCount == 2)
            #expect(await fixture.main.localSocketIDs() == Set(ids))
            #expect(
                await fixture.main.localRooms() == [
                    ids[0]: [ids[0]], ids[1]: [ids[1]], "r": [ids[0]], "s": Set(ids),
                ])
            try await ann.close(.transportClose)
            #expect(fixture.main.localSocketCount == 1)
            #expect(await fixture.main.localRooms() == [ids[1]: [ids[1]], "s": [ids[1]]])
        }
    }
}
