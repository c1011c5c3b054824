import Adapter
import MatchmakerConformance
import Matchmaking
import TestSupport
import Testing

@testable import RedisAdapter

/// Participants whose node is lost, and the end of the grace.
@Suite struct AbsenceTests {
    @Test("Item 097: after the death of a node its participants come back on another, with chat and place")
    func nodeLost() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(2, on: server, policy: .grace(.seconds(60)), lease: .seconds(2)) { nodes, cluster in
            let doomed = try TestNode("dead0-", on: server, policy: .grace(.seconds(60)), lease: .seconds(2))
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await doomed.run() }
                try await doomed.becomesReady()
                let all = MatchCluster(nodes.map(\.node) + [doomed.node])
                try await all.chat("dead0-a", a)
                try await all.chat(b, "dead0-b")
                try await all.find("dead0-c", user: "ann")
                group.cancelAll()
            }
            _ = await eventually { cluster.node(of: b).story(of: b).last == "lost dead0-b" }
            #expect(try await cluster.find(c) == .waiting, "nobody who is away is matched")
            for id in ["dead0-a", "dead0-b"] { try await cluster.resume(id, on: 1) }
            try await cluster.expect(a, "waiting", "start dead0-a", "lost dead0-a", "here dead0-a")
            try await cluster.expect("dead0-a", movedTo: 1, "back with \(a)", "here \(a)")
            try await cluster.resume("dead0-c", on: 0, user: "ann")
            try await cluster.expect("dead0-c", movedTo: 0, "back waiting", "start \(c)")
            try await cluster.next(b)
            try await cluster.expect(
                "dead0-b", movedTo: 1, "back with \(b)", "here \(b)", "left \(b)", "waiting", "start \(b)")
        }
    }

    @Test("98: the grace of those who do not come back ends, also when their node is lost") func graceOver()
        async throws
    {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(2, on: server, policy: .grace(.seconds(2)), lease: .seconds(1)) { nodes, cluster in
            let doomed = try TestNode("dead0-", on: server, policy: .grace(.seconds(2)), lease: .seconds(1))
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await doomed.run() }
                try await doomed.becomesReady()
                let all = MatchCluster(nodes.map(\.node) + [doomed.node])
                try await all.chat("dead0-a", b)
                try await all.chat(a, c)
                group.cancelAll()
            }
            try await cluster.suspend(a)
            _ = await eventually {
                [b, c].allSatisfy { cluster.node(of: $0).story(of: $0).last?.hasPrefix("left") == true }
            }
            try await cluster.expect(c, "waiting", "start \(a)", "away \(a)", "left \(a)")
            try await cluster.expect(b, "waiting", "start dead0-a", "lost dead0-a", "left dead0-a")
            // Nothing is left of them but the numbers, and the sets of the living.
            let keys = try await nodes[0].redis.command(["KEYS", "*meet:*"]).array?.compactMap(\.text) ?? []
            for key in ["moved", "away", "node:lost", "node:dead0-"] {
                #expect(!keys.contains("{switchboard}:meet:\(key)"), "of \(keys)")
            }
        }
    }

    @Test("a node that was taken for lost goes on with its chats") func cameBack() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server, policy: .grace(.seconds(60))) { nodes, cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c"))
            try await cluster.chat(a, b)
            try await cluster.find(c, user: "ann")
            _ = try await nodes[2].redis.command(["ZREM", .text(nodes[2].membership.leaseKey), .text(names[0])])
            let isBack = await eventually { cluster.node(of: a).story(of: a).last == "here \(b)" }
            #expect(isBack)
            try await nodes[0].becomesReady()
            _ = await eventually { await ((try? cluster.settle()) != nil) }
            #expect(Set(cluster.node(of: b).story(of: b)) == ["waiting", "start \(a)", "lost \(a)", "here \(a)"])
            let d = cluster.id("d", on: 1)
            try await cluster.find(d)
            try await cluster.expect(d, "waiting", "start \(c)")
        }
    }

    @Test("who goes and comes back while Redis is away is in its chat afterwards") func redisAway() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server, policy: .grace(.seconds(60))) { nodes, cluster in
            let (a, b, c, d) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c"), cluster.id("d", on: 1))
            try await cluster.chat(a, b)
            try await cluster.chat(c, d)
            server.pause()
            await #expect(throws: MatchmakerError.unavailable) { try await cluster.suspend(a) }
            await #expect(throws: MatchmakerError.unavailable) { try await cluster.suspend(c) }
            await #expect(throws: MatchmakerError.unavailable) { try await cluster.resume(c) }
            server.resume()
            for node in nodes { try await node.becomesReady() }
            _ = await eventually { cluster.node(of: b).story(of: b).last == "away \(a)" }
            try await cluster.settle()
            // What is known of partners is told again, as part of a snapshot.
            #expect(Set(cluster.node(of: b).story(of: b)) == ["waiting", "start \(a)", "away \(a)"])
            guard case .chatting = try await cluster.resume(c) else {
                Issue.record("the chat is over")
                return
            }
            #expect(cluster.node(of: d).story(of: d).allSatisfy { !$0.hasPrefix("left") })
        }
    }
}
