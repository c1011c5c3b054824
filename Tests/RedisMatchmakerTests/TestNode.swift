import Cluster
import Logging
import MatchmakerConformance
import Matchmaking
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import RedisAdapter

/// A node of a test: client, lease and matchmaker on a private Redis.
final class TestNode: Sendable {
    let redis: RedisClient
    let membership: NodeMembership
    let matchmaker: RedisMatchmaker
    let node: MatchNode

    /// The lease is long, so that a busy machine loses no node by accident.
    convenience init(
        _ name: String, on server: RedisServer, policy: MatchPolicy = MatchPolicy(), lease: Duration = .seconds(20)
    ) throws {
        try self.init(name, url: server.url, policy: policy, lease: lease)
    }

    init(_ name: String, url: String, policy: MatchPolicy = MatchPolicy(), lease: Duration = .seconds(20)) throws {
        var logger = Logger(label: name)
        logger.logLevel = .error
        redis = RedisClient(
            configuration: try RedisConfiguration(url: url), loop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: logger)
        var configuration = MembershipConfiguration()
        configuration.heartbeat = .milliseconds(100)
        configuration.lease = lease
        membership = NodeMembership(
            redis: redis, tag: try #require(NodeTag(name)), configuration: configuration, logger: logger)
        matchmaker = RedisMatchmaker(
            redis: redis, membership: membership, policy: policy, logger: logger)
        node = MatchNode(tag: name, matchmaker: matchmaker)
    }

    /// Runs the node until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.redis.run() }
            group.addTask { try await self.membership.run() }
            try await group.waitForAll()
        }
    }
}

/// Names of the nodes of a test.
let names = ["node0-", "node1-", "node2-"]

/// Runs nodes while the body runs.
func withNodes(
    _ count: Int = 3, on server: RedisServer, policy: MatchPolicy = MatchPolicy(), lease: Duration = .seconds(20),
    _ body: ([TestNode], MatchCluster) async throws -> Void
) async throws {
    try await withNodes(count, url: server.url, policy: policy, lease: lease, body)
}

/// Runs nodes while the body runs, on Redis of any kind.
func withNodes(
    _ count: Int = 3, url: String, policy: MatchPolicy = MatchPolicy(), lease: Duration = .seconds(20),
    _ body: ([TestNode], MatchCluster) async throws -> Void
) async throws {
    let nodes = try names.prefix(count).map { try TestNode($0, url: url, policy: policy, lease: lease) }
    try await withThrowingTaskGroup(of: Void.self) { group in
        for node in nodes { group.addTask { try await node.run() } }
        for node in nodes { try await node.becomesReady() }
        try await body(nodes, MatchCluster(nodes.map(\.node)))
        group.cancelAll()
    }
}

extension TestNode {
    func becomesReady() async throws {
        try await matchmaker.waitUntilReady(within: .seconds(10))
    }
}

extension MatchPolicy {
    /// The default policy with a reconnect grace.
    static func grace(_ time: Duration) -> Self {
        var policy = Self()
        policy.reconnectGrace = time
        return policy
    }
}
