import Matchmaking
import Testing

extension MatchmakerCheck {
    static let leaving = [
        MatchmakerCheck("48, 51: next of two who are alone: partnerLeft, waiting, and both together again") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            try await cluster.next(a)
            try await cluster.expect(a, "waiting", "start \(b)", "waiting", "start \(b)")
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)", "waiting", "start \(a)")
        },
        MatchmakerCheck("49, 54: next while idle queues, ten times is one entry") { cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            for _ in 0..<10 { #expect(try await cluster.next(a) == .waiting) }
            try await cluster.find(b)
            #expect(try await cluster.find(c) == .waiting)
        },
        MatchmakerCheck("53: after next the caller gets the waiter, the partner somebody new") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            let (c, d) = (cluster.id("c", on: 2), cluster.id("d"))
            try await cluster.chat(a, b)
            try await cluster.find(c)
            try await cluster.next(a)
            try await cluster.find(d)
            try await cluster.expect(a, "waiting", "start \(b)", "waiting", "start \(c)")
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)", "waiting", "start \(d)")
        },
        MatchmakerCheck("52: both press next at the same time: one partnerLeft for each pair that ended") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            async let one = cluster.next(a)
            async let other = cluster.next(b)
            _ = try await (one, other)
            try await cluster.settle()
            let stories = [a, b].map { cluster.node(of: $0).story(of: $0) }
            #expect(stories.joined().count { $0.hasPrefix("left") } == 2)
            #expect(stories.joined().count { $0.hasPrefix("start") } == 6)
            #expect(stories.allSatisfy { $0.last?.hasPrefix("start") == true })
        },
        MatchmakerCheck("52: both name the pair that they mean, and it ends once") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            guard case .chatting(let pairID) = try await cluster.next(a) else { return }
            async let one = cluster.next(a, pairID: pairID)
            async let other = cluster.next(b, pairID: pairID)
            let replies = try await (one, other)
            #expect(replies.0 == replies.1)
            try await cluster.settle()
            let stories = [a, b].map { cluster.node(of: $0).story(of: $0) }
            #expect(stories.joined().count { $0.hasPrefix("left") } == 2)
            #expect(stories.joined().count { $0.hasPrefix("start") } == 6)
        },
        MatchmakerCheck("66: the find of a socket that the server queued lets its new chat go on") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            let reply = try await cluster.next(a)
            #expect(try await cluster.find(b) == reply)
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)", "waiting", "start \(a)")
            #expect(try await cluster.find(b) == .waiting)
        },
        MatchmakerCheck("67: leave ends a chat, or the waiting") { cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.chat(a, b)
            #expect(try await cluster.leave(a) == .idle)
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)")
            try await cluster.find(a)
            #expect(try await cluster.leave(a) == .idle)
            #expect(try await cluster.find(c) == .waiting)
            try await cluster.expect(a, "waiting", "start \(b)", "waiting")
        },
        MatchmakerCheck("55: who disconnected while waiting is never matched") { cluster in
            try await cluster.find(cluster.id("a"))
            #expect(try await cluster.disconnect(cluster.id("a")) == .idle)
            #expect(try await cluster.find(cluster.id("b", on: 1)) == .waiting)
        },
        MatchmakerCheck("56, 57: after a disconnect the partner gets one partnerLeft; both may go") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            try await cluster.disconnect(a)
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)")
            try await cluster.disconnect(b)
            #expect(try await cluster.find(cluster.id("c", on: 2)) == .waiting)
        },
    ]
}
