import Adapter
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
}
