import Adapter
import Cluster
import Logging
import NIOCore
import RedisAdapter
import ServiceLifecycle
import SocketServer
import UnixSignals

/// The example of the page about Redis, to be compiled. Nothing here is called.
struct RedisSamples {
    func cluster(group: any EventLoopGroup, http: any Service, logger: Logger) async throws -> Server {
        let redis = RedisClient(
            configuration: try RedisConfiguration(url: "redis://127.0.0.1:6379/0"), loop: group.next(), logger: logger)
        let server = Server(group: group, adapters: ClassicAdapterFactory(bus: RedisBus(redis)), logger: logger)
        let services = ServiceGroup(services: [redis, http], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await services.run()
        return server
    }

    func detection(tag: NodeTag, loop: any EventLoop, redis: RedisClient, logger: Logger) -> any AdapterFactory {
        let schedule: GapDetection.Schedule = { loop.scheduleTask(in: .init($0), $1) }
        let gaps = GapDetection(node: tag, schedule: schedule) { gap in
            logger.warning("Events were lost", metadata: ["namespace": "\(gap.namespace)", "missed": "\(gap.missed)"])
        }
        let adapters = ClassicAdapterFactory(bus: RedisBus(redis), gaps: gaps)
        return adapters
    }
}
