import Matchmaking
import Testing

extension MatchmakerCheck {
    static let absences = [
        MatchmakerCheck("96: a chat outlives the loss of a connection, and the partner is told") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            let pair = try await cluster.suspend(a)
            try await cluster.expect(b, "waiting", "start \(a)", "away \(a)")
            #expect(try await cluster.resume(a) == pair)
            try await cluster.expect(a, "waiting", "start \(b)", "back with \(b)", "here \(b)")
            try await cluster.expect(b, "waiting", "start \(a)", "away \(a)", "here \(a)")
        },
        MatchmakerCheck("97: who comes back on another node is told things there, also later") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            try await cluster.suspend(a)
            try await cluster.resume(a, on: 2)
            try await cluster.next(b)
            try await cluster.expect(
                a, movedTo: 2, "waiting", "start \(b)", "back with \(b)", "here \(b)", "left \(b)", "waiting",
                "start \(b)")
        },
        MatchmakerCheck("97: the node that it came from has no say any more") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            let pair = try await cluster.resume(a, on: 2)
            if cluster.nodes.count > 1 {
                try await cluster.suspend(a)
                try await cluster.disconnect(a)
            }
            #expect(try await cluster.resume(a, on: 2) == pair)
        },
        MatchmakerCheck("a partner that leaves meanwhile has left when one is back") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            try await cluster.suspend(a)
            try await cluster.leave(b)
            try await cluster.expect(a, "waiting", "start \(b)")
            #expect(try await cluster.resume(a) == .idle)
            try await cluster.expect(a, "waiting", "start \(b)", "back with \(b)", "left \(b)")
        },
        MatchmakerCheck("102: a partner that goes on meets others; who is back waits, and gets the next one") {
            cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.chat(a, b)
            try await cluster.suspend(a)
            #expect(try await cluster.next(b) == .waiting, "not with one that is away")
            try await cluster.find(c)
            try await cluster.expect(c, "waiting", "start \(b)")
            #expect(try await cluster.resume(a) == .waiting)
            try await cluster.expect(a, "waiting", "start \(b)", "back with \(b)", "left \(b)", "waiting")
            let d = cluster.id("d", on: 1)
            try await cluster.find(d)
            try await cluster.expect(d, "waiting", "start \(a)")
        },
        MatchmakerCheck("99: who waits keeps its place and is never matched while away") { cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.find(a, user: "ann")
            try await cluster.suspend(a)
            try await cluster.find(b, user: "ann")
            #expect(try await cluster.resume(a, user: "ann") == .waiting)
            try await cluster.find(c)
            try await cluster.expect(a, "waiting", "back waiting", "start \(c)")
            try await cluster.expect(b, "waiting")
        },
        MatchmakerCheck("99: who is back is matched at once if somebody waits") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a, pool: "north")
            try await cluster.suspend(a)
            #expect(try await cluster.find(b, pool: "north") == .waiting)
            try await cluster.resume(a, on: 2)
            try await cluster.expect(a, movedTo: 2, "waiting", "back waiting", "start \(b)")
            try await cluster.expect(b, "waiting", "start \(a)")
        },
        MatchmakerCheck("both may be away, and come back in any order") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            try await cluster.suspend(a)
            try await cluster.suspend(b)
            try await cluster.resume(b)
            try await cluster.resume(a)
            try await cluster.expect(a, "waiting", "start \(b)", "back with \(b)", "here \(b)")
            try await cluster.expect(
                b, "waiting", "start \(a)", "away \(a)", "back with \(a)", "away \(a)", "here \(a)")
        },
        MatchmakerCheck("101: a chat does not go on with another user") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a, user: "ann")
            try await cluster.find(b)
            try await cluster.suspend(a)
            #expect(try await cluster.resume(a, user: "eve") == .idle)
            try await cluster.expect(a, "waiting", "start \(b)", "back with \(b)", "left \(b)")
            try await cluster.expect(b, "waiting", "start \(a)", "away \(a)", "left \(a)")
        },
        MatchmakerCheck("98: who is not known comes back to nothing") { cluster in
            let a = cluster.id("a")
            #expect(try await cluster.resume(a, on: 1) == .idle)
            try await cluster.expect(a, movedTo: 1, "back unknown")
            let node = cluster.nodes[1 % cluster.nodes.count]
            #expect(try await node.submit(.find(participant: a, user: nil, wantsVideo: false)) == .waiting)
            try await cluster.expect(a, movedTo: 1, "back unknown", "waiting")
        },
        MatchmakerCheck("100: leaving and disconnecting are never delayed, away or not") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            try await cluster.suspend(a)
            try await cluster.disconnect(a)
            try await cluster.expect(b, "waiting", "start \(a)", "away \(a)", "left \(a)")
            #expect(try await cluster.resume(a) == .idle)
        },
    ]
}
