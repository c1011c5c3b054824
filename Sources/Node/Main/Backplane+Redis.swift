import Adapter
import Cluster
import Logging
import Matchmaking
import NIOCore
import RedisAdapter

extension Backplane {
    /// What a node needs to share state through Redis.
    struct Sharing {
        var redis: RedisConfiguration
        var membership: MembershipConfiguration
        var tag: NodeTag
        var policy: MatchPolicy
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
        return Backplane(
            adapters: ClassicAdapterFactory(
                bus: RedisBus(redis),
                unicast: Unicast(tag: sharing.tag, prefix: membership.keys.prefix) { membership.isLive($0) }),
            matchmaker: matchmaker, onlineCount: onlineCount, services: [redis, membership],
            waitUntilReady: {
                try await redis.waitUntilConnected(within: .seconds(30))
                try await membership.waitUntilJoined(within: .seconds(30))
                // Ready means that the first findChat is served, not that it is tried again later.
                try await matchmaker.waitUntilReady(within: .seconds(30))
            })
    }
}
