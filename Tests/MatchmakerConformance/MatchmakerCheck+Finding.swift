import Matchmaking
import Testing

extension MatchmakerCheck {
    static let finding = [
        MatchmakerCheck("36: who is alone waits") { cluster in
            let a = cluster.id("a")
            #expect(try await cluster.find(a) == .waiting)
            try await cluster.expect(a, "waiting")
        },
        MatchmakerCheck("37, 62: two text users on two nodes are paired; waiting comes before chatStart") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a)
            let reply = try await cluster.find(b)
            try await cluster.expect(a, "waiting", "start \(b)")
            try await cluster.expect(b, "waiting", "start \(a)")
            let pairs = cluster.nodes.flatMap(\.events).compactMap { event -> String? in
                if case .chatStart(_, _, let pair, _) = event { pair } else { nil }
            }
            #expect(pairs.count == 2 && Set(pairs).count == 1)
            #expect(reply == .chatting(pairID: pairs.first ?? ""))
        },
        MatchmakerCheck("38: two video users get a video chat") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a, video: true)
            try await cluster.find(b, video: true)
            try await cluster.expect(a, "waiting", "start \(b) video")
            try await cluster.expect(b, "waiting", "start \(a) video")
        },
        MatchmakerCheck("39: a mixed pair is a video chat") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a, video: true)
            try await cluster.find(b)
            try await cluster.expect(a, "waiting", "start \(b) video")
            try await cluster.expect(b, "waiting", "start \(a) video")
        },
        MatchmakerCheck("44: find while waiting moves to the tail; next keeps the place (50)") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a, user: "one")
            try await cluster.find(b, user: "one")
            #expect(try await cluster.find(a, user: "one") == .waiting)
            #expect(try await cluster.submit(.next(participant: b, user: "one")) == .waiting)
            let c = cluster.id("c", on: 2)
            try await cluster.find(c)
            try await cluster.expect(b, "waiting", "waiting", "start \(c)")
            try await cluster.expect(a, "waiting", "waiting")
        },
        MatchmakerCheck("46: find while chatting: the partner gets partnerLeft and nothing else") { cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            #expect(try await cluster.find(a) == .waiting)
            try await cluster.expect(a, "waiting", "start \(b)", "waiting")
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)")
            #expect(try await cluster.leave(b) == .idle)
        },
        MatchmakerCheck("59: sockets of one user are not paired with each other but with others") { cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.find(a, user: "ann")
            #expect(try await cluster.find(b, user: "ann") == .waiting)
            try await cluster.find(c, user: "Ann ☕️ \n")
            try await cluster.expect(c, "waiting", "start \(a)")
            try await cluster.expect(b, "waiting")
        },
        MatchmakerCheck("pools do not see each other, and next stays in its pool") { cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.find(a, pool: "north")
            #expect(try await cluster.find(b, pool: "south") == .waiting)
            #expect(try await cluster.find(c) == .waiting)
            try await cluster.find(b, pool: "north")
            try await cluster.expect(b, "waiting", "waiting", "start \(a)")
            try await cluster.next(b)
            try await cluster.expect(a, "waiting", "start \(b)", "left \(b)", "waiting", "start \(b)")
            try await cluster.expect(c, "waiting")
        },
    ]
}

extension MatchCluster {
    /// Pairs two who find nobody else.
    /// - Parameters:
    ///   - first: waits.
    ///   - second: comes later.
    /// - Throws: ``MatchmakerError``.
    public func chat(_ first: String, _ second: String) async throws {
        try await find(first)
        guard case .chatting = try await find(second) else {
            Issue.record("\(first) and \(second) were not paired")
            return
        }
    }
}
