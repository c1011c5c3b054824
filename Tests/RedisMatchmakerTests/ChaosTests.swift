import Adapter
import MatchmakerConformance
import Matchmaking
import TestSupport
import Testing

@testable import RedisAdapter

/// Random operations on three nodes while connections are cut and Redis stands still or starts anew.
@Suite struct ChaosTests {
    @Test("61: at a quiet point partners agree, and everybody was told a story that makes sense", arguments: [1, 2])
    func quietPoint(seed: UInt64) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server) { nodes, cluster in
            let ids = (0..<30).map { cluster.id("p\($0)", on: $0) }
            var random = SeededGenerator(seed: seed)
            for round in 0..<8 {
                for _ in 0..<100 {
                    let number = Int.random(in: 0..<ids.count, using: &random)
                    // Half of them are sockets of one user, so that several wait at a time.
                    let (id, user) = (ids[number], number % 2 == 0 ? "ann" : nil)
                    cluster.node(of: id).matchmaker.submit(
                        .random(using: &random)
                            ? .next(participant: id, user: user)
                            : .find(participant: id, user: user, wantsVideo: false)
                    ) { _ in }
                }
                try await disturb(round, server, nodes[round % 3])
                for node in nodes { try await node.becomesReady() }
            }
            await agrees(cluster, ids)
            // Whoever was told to wait is in the queue: as many strangers as wait find them all.
            let waiting = ids.filter { cluster.node(of: $0).story(of: $0).last == "waiting" }
            let strangers = waiting.indices.map { cluster.id("stranger\($0)", on: $0) }
            for stranger in strangers { try await cluster.find(stranger) }
            await agrees(cluster, ids + strangers)
            let left = ids.filter { cluster.node(of: $0).story(of: $0).last == "waiting" }
            #expect(left == [], "of \(waiting)")
        }
    }

    @Test(
        "61: nodes die in the middle of it: the survivors agree, and of the dead nothing is left", arguments: [3, 4])
    func deaths(seed: UInt64) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        var random = SeededGenerator(seed: seed)
        try await withNodes(2, on: server, lease: .seconds(2)) { nodes, survivors in
            let ids = (0..<12).map { survivors.id("s\($0)", on: $0) }
            for round in 0..<3 {
                let doomed = try TestNode("dead\(round)-", on: server, lease: .seconds(2))
                let dead = (0..<6).map { "dead\(round)-p\($0)" }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await doomed.run() }
                    try await doomed.becomesReady()
                    let cluster = MatchCluster(nodes.map(\.node) + [doomed.node])
                    for step in 0..<150 {
                        let id = (ids + dead).randomElement(using: &random) ?? ids[0]
                        let operation = MatchOperation.search(by: id, &random)
                        cluster.node(of: operation.participant).matchmaker.submit(operation) { _ in }
                        guard step == 100 else { continue }
                        // What is published from here on is lost to a survivor for a while.
                        _ = try? await nodes[round % 2].redis.command([
                            "CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "no",
                        ])
                    }
                    group.cancelAll()
                }
                for node in nodes { try await node.becomesReady() }
                await agrees(survivors, ids)
                let isExact = await eventually { await remains(nodes[0].redis, survivors, ids).isEmpty }
                #expect(isExact)
                #expect(await remains(nodes[0].redis, survivors, ids) == [])
            }
        }
    }

    /// What in Redis contradicts what the survivors were told, or belongs to the dead.
    private func remains(_ redis: RedisClient, _ cluster: MatchCluster, _ ids: [String]) async -> [String] {
        let keys = (try? await redis.command(["KEYS", "*:meet:*"]))?.array?.compactMap(\.text) ?? ["no answer"]
        var queued: [String] = []
        for key in keys where key.contains(":queue:") {
            queued += (try? await redis.command(["ZRANGE", .text(key), 0, -1]))?.array?.compactMap(\.text) ?? []
        }
        let waiting = ids.filter { cluster.node(of: $0).story(of: $0).last == "waiting" }
        let queue = queued.sorted() == waiting.sorted() ? [] : ["\(queued) are queued, \(waiting) wait"]
        return keys.filter { $0.contains(":node:dead") } + queue
    }

    private func agrees(_ cluster: MatchCluster, _ ids: [String]) async {
        let settled = await eventually { await (try? cluster.settle()) != nil && complaints(cluster, ids).isEmpty }
        #expect(settled)
        #expect(complaints(cluster, ids) == [])
    }

    private func disturb(_ round: Int, _ server: RedisServer, _ node: TestNode) async throws {
        switch round % 4 {
        case 0: _ = try? await node.redis.command(["CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "no"])
        case 1: _ = try? await node.redis.command(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"])
        case 2: try await server.restart()
        default: _ = try? await node.redis.command(["ZREM", .text(node.membership.leaseKey), .text(node.node.tag)])
        }
    }

    private func complaints(_ cluster: MatchCluster, _ ids: [String]) -> [String] {
        var complaints: [String] = []
        for id in ids {
            let events = cluster.node(of: id).events.filter { $0.participant == id }
            complaints += zip([MatchEvent?.none] + events, events).compactMap { strange(after: $0, $1) }
            switch events.last {
            case .chatStart(_, let partner, let pair, _):
                let others = cluster.node(of: partner).events.last { $0.participant == partner }
                guard case .chatStart(_, id, pair, _) = others else {
                    complaints.append("\(id) chats with \(partner), which was told \(String(describing: others)) last")
                    continue
                }
            case .waiting, .partnerLeft, nil: break
            case .partnerPresence, .resumed, .adopted:
                complaints.append("\(id) was told of a grace, which there is not")
            }
        }
        return complaints
    }

    /// What must not follow: a chat that nobody waited for, a partner of another chat who leaves.
    private func strange(after previous: MatchEvent?, _ event: MatchEvent) -> String? {
        switch (previous, event) {
        case (.waiting, .chatStart), (_, .waiting): return nil
        case (.chatStart(_, let old, let pair, _), .partnerLeft(_, let left, let ended)):
            return old == left && pair == ended ? nil : "\(event) after \(String(describing: previous))"
        default: return "\(event) after \(String(describing: previous))"
        }
    }
}

extension MatchOperation {
    /// A find in one of two pools, or a next.
    fileprivate static func search(by id: String, _ random: inout SeededGenerator) -> Self {
        // Half of them are sockets of one user, so that several wait at a time.
        let user = Bool.random(using: &random) ? "ann" : nil
        guard Int.random(in: 0..<3, using: &random) > 0 else { return .next(participant: id, user: user) }
        let pool = Bool.random(using: &random) ? "north" : ""
        return .find(participant: id, user: user, wantsVideo: .random(using: &random), pool: pool)
    }
}
