import Adapter
import MatchmakerConformance
import Matchmaking
import TestSupport
import Testing

@testable import RedisAdapter

/// What happens when a node or Redis goes away.
@Suite struct FailureTests {
    @Test("Item 058: each survivor of a lost node is told once, the lost are never matched") func nodeLost()
        async throws
    {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(2, on: server, lease: .seconds(2)) { _, cluster in
            let lost = try TestNode("lost0-", on: server, lease: .seconds(2))
            let survivors = (0..<20).map { cluster.id("s\($0)", on: $0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await lost.run() }
                try await lost.becomesReady()
                for (index, id) in survivors.enumerated() {
                    try await cluster.find(id)
                    try await lost.node.submit(.find(participant: "lost0-\(index)", user: nil, wantsVideo: false))
                }
                try await lost.node.submit(.find(participant: "lost0-waiting", user: nil, wantsVideo: false))
                group.cancelAll()
            }
            let told = await eventually {
                survivors.allSatisfy { cluster.node(of: $0).story(of: $0).last?.hasPrefix("left") == true }
            }
            #expect(told)
            for (index, id) in survivors.enumerated() {
                try await cluster.expect(id, "waiting", "start lost0-\(index)", "left lost0-\(index)")
            }
            #expect(try await cluster.find(survivors[0]) == .waiting, "nobody of the lost is in the queue")
        }
    }

    @Test("flushed scripts are given again, in order") func scriptsFlushed() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server) { nodes, cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.find(a)
            _ = try await nodes[0].redis.command(["SCRIPT", "FLUSH"])
            try await cluster.find(b)
            try await cluster.expect(a, "waiting", "start \(b)")
        }
    }

    @Test("65: Redis comes back empty: chats are over once, those who wait are paired without asking again")
    func redisComesBackEmpty() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server) { nodes, cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.chat(a, b)
            try await cluster.find(c)
            server.stop()
            for node in nodes { _ = await eventually { !node.matchmaker.isReady } }
            await #expect(throws: MatchmakerError.unavailable) {
                try await cluster.node(of: c).submit(.leave(participant: c))
            }
            try await server.restart()
            for node in nodes { try await node.becomesReady() }
            _ = await eventually { cluster.node(of: b).story(of: b).count == 3 }
            try await cluster.expect(a, "waiting", "start \(b)", "left \(b)")
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)")
            try await cluster.expect(c, "waiting")
            #expect(try await cluster.find(b) != .idle)
            try await cluster.expect(c, "waiting", "start \(b)")
        }
    }

    @Test("who disconnects or is left while Redis is away is not met again") func disconnectWhileAway() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server) { nodes, cluster in
            let (a, b, c) = (cluster.id("a"), cluster.id("b", on: 1), cluster.id("c", on: 2))
            try await cluster.chat(a, b)
            try await cluster.find(c)
            server.pause()
            for id in [a, c] {
                await #expect(throws: MatchmakerError.unavailable) {
                    try await cluster.node(of: id).submit(.disconnect(participant: id))
                }
            }
            server.resume()
            for node in nodes { try await node.becomesReady() }
            _ = await eventually { cluster.node(of: b).story(of: b).count == 3 }
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)")
            #expect(try await cluster.find(b) == .waiting)
        }
    }

    @Test("a node whose state was removed while it was away: one partnerLeft, the waiting wait on in order")
    func stateRemoved() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server) { nodes, cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            let tabs = [cluster.id("tab1"), cluster.id("tab2", on: 1), cluster.id("tab3")]
            for tab in tabs { try await cluster.find(tab, user: "ann") }
            _ = try await nodes[2].redis.command(["ZREM", .text(nodes[2].membership.leaseKey), .text(names[0])])
            let told = await eventually { cluster.node(of: a).story(of: a).count == 3 }
            #expect(told)
            try await nodes[0].becomesReady()
            _ = await eventually { await ((try? cluster.settle()) != nil) }
            try await cluster.expect(a, "waiting", "start \(b)", "left \(b)")
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)")
            for (index, tab) in tabs.enumerated() {
                let stranger = cluster.id("stranger\(index)", on: 2)
                try await cluster.find(stranger)
                try await cluster.expect(tab, "waiting", "start \(stranger)")
            }
        }
    }

    @Test("51: a cooldown is waited for, with exactly one pair at its end") func cooldown() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        var policy = MatchPolicy()
        policy.rematch = .cooldown(.milliseconds(300))
        try await withNodes(on: server, policy: policy) { _, cluster in
            let (a, b) = (cluster.id("a"), cluster.id("b", on: 1))
            try await cluster.chat(a, b)
            #expect(try await cluster.next(a) == .waiting)
            _ = await eventually { cluster.node(of: b).story(of: b).count == 5 }
            try await cluster.expect(b, "waiting", "start \(a)", "left \(a)", "waiting", "start \(a)")
        }
    }
}
