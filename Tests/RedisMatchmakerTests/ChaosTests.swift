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
