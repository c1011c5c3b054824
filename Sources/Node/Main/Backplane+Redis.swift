import Adapter
import Cluster
import Launch
import Logging
import Matchmaking
import NIOCore
import RedisAdapter

extension Backplane {
    /// What a node needs to share state through Redis.
    struct Sharing {
        var redis: RedisConfiguration
        var adapter: RedisAdapterFormat
        var membership: MembershipConfiguration
        var tag: NodeTag
        var policy: MatchPolicy
        /// How long and how much of lost connections is kept, if that is wanted.
        var recovery: RecoveryLimits?
        /// What the node tells others about itself, with every heartbeat.
        var information: @Sendable () -> String
    }

    /// A node of a cluster. All its Redis work runs on one event loop.
    static func shared(_ sharing: Sharing, loop: any EventLoop, logger: Logger) -> Backplane {
        let redis = RedisClient(configuration: sharing.redis, loop: loop, logger: logger)
        let membership = NodeMembership(
            redis: redis, tag: sharing.tag, configuration: sharing.membership, logger: logger,
            information: sharing.information)
        let matchmaker = RedisMatchmaker(
            redis: redis, membership: membership, profile: profile, policy: sharing.policy, logger: logger)
        let onlineCount = RedisOnlineCount(redis: redis, membership: membership, profile: profile, logger: logger)
        let watch = RedisWatch(redis, tag: sharing.tag, keys: membership.keys)
        let recovery = recoveryStore(sharing, redis, membership, logger: logger)
        return Backplane(
            adapters: sharing.adapter.factory(
                over: redis,
                unicast: Unicast(
                    tag: sharing.tag, prefix: membership.keys.prefix,
                    isElsewhere: { recovery?.isElsewhere($0) ?? false }, isLive: { membership.isLive($0) }),
                gaps: gapDetection(sharing, loop: loop, logger: logger), members: membership),
            matchmaker: matchmaker, onlineCount: onlineCount, recovery: recovery,
            rateLimiter: RedisRateLimiter(redis: redis, keys: membership.keys),
            onStandstill: { membership.onStandstill($0) },
            handOver: {
                await membership.leave()
                // Until the others know, they send here what is for those who may come back.
                if recovery != nil { try? await Task.sleep(for: .milliseconds(100)) }
            },
            nodeCount: { membership.liveNodes.count }, redis: (redis, watch), services: [redis, membership, watch],
            waitUntilReady: {
                do {
                    try await redis.waitUntilConnected(within: .seconds(30))
                    try await membership.waitUntilJoined(within: .seconds(30))
                    // Ready means that the first findChat is served, not that it is tried again later.
                    try await matchmaker.waitUntilReady(within: .seconds(30))
                } catch RedisError.unavailable {
                    throw LaunchError.unavailable("Redis was not reached within 30 s; the log says why")
                }
            })
    }

    /// With a Redis Cluster each node keeps its own.
    private static func recoveryStore(
        _ sharing: Sharing, _ redis: RedisClient, _ membership: NodeMembership, logger: Logger
    ) -> RedisRecoveryStore? {
        guard let limits = sharing.recovery, RedisRecoveryStore.isPossible(with: sharing.redis) else { return nil }
        return RedisRecoveryStore(
            redis: redis, membership: membership, adapter: sharing.adapter, limits: limits, logger: logger)
    }

    /// What was lost is logged; it is counted in `/metrics`.
    private static func gapDetection(_ sharing: Sharing, loop: any EventLoop, logger: Logger) -> GapDetection {
        let schedule: GapDetection.Schedule = { loop.scheduleTask(in: TimeAmount($0), $1) }
        var detection = GapDetection(node: sharing.tag, schedule: schedule) { gap in
            logger.warning(
                "Events of another node did not arrive",
                metadata: [
                    "namespace": "\(gap.namespace)", "from": "\(gap.node?.text ?? "unknown")",
                    "missed": "\(gap.missed)", "direct": "\(gap.isDirect)",
                ])
        }
        detection.prefix = sharing.membership.keys.prefix
        return detection
    }
}
