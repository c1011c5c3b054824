import Adapter
import SocketIO
import SocketServer
import TestSupport
import Testing

/// Writes down which rooms have members.
private struct Follower: RoomFollower {
    let notes = Notes()

    func follows(_ room: String, isSocketID: Bool) -> Bool { !isSocketID && room != "unfollowed" }
    func occupied(_ room: String) { notes.add("+\(room)") }
    func vacated(_ room: String) { notes.add("-\(room)") }
}

@Suite("Rooms that the adapter follows", .timeLimit(.minutes(1)))
struct RoomFollowerTests {
    @Test("the adapter hears of a room's first member and of its last, over all loops, however they come and go")
    func census() async throws {
        let follower = Follower()
        try await LiveFixture.run(RecordingAdapter(roomFollower: follower)) { fixture in
            fixture.main.on("join") { event in try event.socket.join(event.arguments[0]?.string ?? "") }
            fixture.main.on("leave") { event in event.socket.leave(event.arguments[0]?.string ?? "") }
            let clients = [try await fixture.joined(on: 0), try await fixture.joined(on: 1)]
            for message in [#"2["join","r"]"#, #"2["join","unfollowed"]"#] {
                for client in clients { try await client.send(message) }
            }
            try await clients[0].send(#"2["leave","r"]"#)
            try await clients[1].send(#"2["join","s"]"#)
            #expect(follower.notes.all == ["+r", "+s"])
            try await clients[1].send("1")
            #expect(Set(follower.notes.all.dropFirst(2)) == ["-r", "-s"])
            try await clients[0].send(#"2["join","r"]"#)
            #expect(follower.notes.all.last == "+r")
        }
    }

    @Test("what the adapter hears about one room alternates, also when both loops are busy with it")
    func alternation() async throws {
        let follower = Follower()
        try await LiveFixture.run(RecordingAdapter(roomFollower: follower)) { fixture in
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
            let notes = follower.notes.all
            #expect(notes.count.isMultiple(of: 2) && !notes.isEmpty)
            #expect(notes == (0..<notes.count).map { $0.isMultiple(of: 2) ? "+r" : "-r" })
        }
    }
}
