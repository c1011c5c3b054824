import Adapter
import Cluster
import Logging
import NIOCore
import RedisAdapter
import ServiceLifecycle
import SocketIO
import SocketServer
import Synchronization

/// What test servers share through Redis: broadcasts, on the short way to single sockets if asked for.
struct Sharing {
    let adapters: any AdapterFactory
    let services: [any Service]
    /// Where lost sockets are kept, if they are at all and this Redis can.
    let recovery: RedisRecoveryStore?
    let gaps = GapTeller()
    private let redis: RedisClient
    private let membership: NodeMembership

    init(_ redis: RedisClient, tag: NodeTag, _ plan: TestServerPlan, logger: Logger) {
        let loop = redis.loop
        let membership = NodeMembership(redis: redis, tag: tag, configuration: plan.membership, logger: logger)
        let recovery = plan.server.recovery.flatMap { recovery in
            RedisRecoveryStore.isPossible(with: redis.configuration)
                ? RedisRecoveryStore(
                    redis: redis, membership: membership, adapter: plan.adapter, limits: recovery.limits, logger: logger
                )
                : nil
        }
        self.recovery = recovery
        let unicast = Unicast(
            tag: tag, isElsewhere: { recovery?.isElsewhere($0) ?? false }, isLive: { membership.isLive($0) })
        let detection = GapDetection(
            node: tag, schedule: { loop.scheduleTask(in: TimeAmount($0), $1) }, found: { [gaps] in gaps.found($0) })
        adapters = plan.adapter.factory(
            over: redis, unicast: plan.unicast ? unicast : nil, gaps: detection, members: membership)
        services = [redis, membership]
        self.redis = redis
        self.membership = membership
    }

    /// Waits until others can see this server.
    func waitUntilReady() async throws {
        try await redis.waitUntilConnected(within: .seconds(10))
        try await membership.waitUntilJoined(within: .seconds(10))
    }
}

/// Tells the clients of this server that events of other servers were lost: event `gap` with `{missed, direct}`.
final class GapTeller: Sendable {
    private let server = Mutex<Server?>(nil)

    func tell(_ server: Server) {
        self.server.withLock { $0 = server }
    }

    func found(_ gap: PublicationGap) {
        let content: Value = ["missed": .int(Int64(gap.missed)), "direct": .bool(gap.isDirect)]
        server.withLock { $0 }?.namespace(gap.namespace).local.emit("gap", content)
    }
}
