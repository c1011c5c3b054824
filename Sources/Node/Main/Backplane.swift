import Adapter
import Cluster
import Logging
import Matchmaking
import NIOCore
import RedisAdapter
import ServiceLifecycle

/// What the node shares with others: in Redis, or, without a Redis URL, in this process alone. Everything above sees
/// the same seams either way.
struct Backplane {
    let adapters: any AdapterFactory
    let matchmaker: any Matchmaker
    let onlineCount: any OnlineCount
    /// Where sockets that lost their connection are kept for all nodes; `nil` if each node keeps its own, or none.
    let recovery: (any RecoveryStore)?
    /// Counts how often accounts and addresses did something.
    let rateLimiter: any RateLimiter
    /// Registers what is to be done when this process stood still until the others took it for dead.
    let onStandstill: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Gives up what this node has in the shared state, which others take over, and hears them out.
    let handOver: @Sendable () async -> Void
    /// How many nodes there are now, this one included.
    let nodeCount: @Sendable () -> Int
    /// The way to Redis, and how that is, if there is one.
    let redis: (client: RedisClient, watch: RedisWatch)?
    /// Keep the shared state alive; empty when there is none. In order of dependency.
    let services: [any Service]
    /// Returns when the shared state can be used.
    let waitUntilReady: @Sendable () async throws -> Void
}

extension Backplane {
    /// The name under which *meet* keeps its state apart from other applications.
    static let profile = "meet"

    /// A node that runs alone.
    static func embedded(policy: MatchPolicy, loop: any EventLoop) -> Backplane {
        let matchmaker = InProcessMatchmaker(policy: policy) { delay, body in
            loop.scheduleTask(in: TimeAmount(delay), body)
        }
        return Backplane(
            adapters: SingleNodeAdapterFactory(), matchmaker: matchmaker, onlineCount: InProcessOnlineCount(),
            recovery: nil, rateLimiter: InProcessRateLimiter(), onStandstill: { _ in }, handOver: {}, nodeCount: { 1 },
            redis: nil, services: [], waitUntilReady: {})
    }
}
