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
    let gaps = GapTeller()

    init(_ redis: RedisClient, tag: NodeTag, usesUnicast: Bool, logger: Logger) {
        let loop = redis.loop
        let detection = GapDetection(
            node: tag, schedule: { loop.scheduleTask(in: TimeAmount($0), $1) }, found: { [gaps] in gaps.found($0) })
        let bus = RedisBus(redis)
        guard usesUnicast else {
            adapters = ClassicAdapterFactory(bus: bus, gaps: detection)
            services = [redis]
            return
        }
        let membership = NodeMembership(redis: redis, tag: tag, logger: logger)
        adapters = ClassicAdapterFactory(
            bus: bus, unicast: Unicast(tag: tag) { membership.isLive($0) }, gaps: detection)
        services = [redis, membership]
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
