import Adapter
import Cluster
import EngineIO
import EngineServer
import Launch
import Listening
import Logging
import NIOCore
import NIOPosix
import RedisAdapter
import ServiceLifecycle
import SocketServer

/// Composes the server that a plan asks for, and runs it.
struct TestServer {
    private let services: [any Service]
    private let tls: TLSIdentity?

    init(_ plan: TestServerPlan, logger: Logger) throws(LaunchError) {
        let tls = try TLSIdentity.named(by: plan.listening)
        self.tls = tls
        let group = MultiThreadedEventLoopGroup(numberOfThreads: plan.threads)
        let loops = Array(group.makeIterator())
        var random = SystemRandomNumberGenerator()
        let tag = NodeTag(using: &random)
        let redis = plan.redis.map { RedisClient(configuration: $0, loop: loops[0], logger: logger) }
        let sharing = redis.map { Sharing($0, tag: tag, plan, logger: logger) }
        let adapters = sharing?.adapters ?? SingleNodeAdapterFactory()
        let server = Server(
            configuration: plan.server, nodeTag: tag, loops: loops, adapters: adapters,
            recoveryStore: sharing?.recovery, logger: logger)
        sharing?.gaps.tell(server)
        let handlers = TestHandlers(nodeName: plan.nodeName)
        for name in ["/", "/custom", "/guarded"] { handlers.register(on: server.namespace(name)) }
        handlers.guardEntrance(of: server.namespace("/guarded"))
        handlers.registerNamespaces(on: server)
        let engine = Engine(
            configuration: plan.engine, nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
        let echo = Engine(
            configuration: plan.engine, nodeTag: tag.text, loops: loops, acceptor: EchoAcceptor(), logger: logger)
        let mounts: [Mount] = [
            .engine(path: plan.path, engine), .engine(path: "/engine.io/", echo),
            .webSocketEcho(path: "/ws-echo", perMessageDeflate: plan.engine.perMessageDeflate),
        ]
        let statistics = Statistics([engine, echo], adapters: adapters)
        let listeners = plan.listeners.enumerated().map { index, address in
            let name = address.name ?? (index == 0 ? "test" : "test\(index + 1)")
            let server = HTTPServer(
                ListenerConfiguration(name, at: address.place, plan.listening, tls: tls), mounts: mounts,
                responder: statistics, group: group, logger: logger)
            statistics.add(server)
            return (name: name, server: server)
        }
        services = (sharing?.services ?? []) + [Listeners(listeners, after: sharing)]
    }

    func run() async throws {
        try await Launch.serve(
            services, drain: .seconds(10), logger: Logger(label: "switchboard-testserver"), reload: tls?.reloading)
    }
}

/// Opens the listeners, once Redis is there if it is needed, and says where.
private struct Listeners: Service {
    private let listeners: [(name: String, server: HTTPServer)]
    private let sharing: Sharing?

    init(_ listeners: [(name: String, server: HTTPServer)], after sharing: Sharing?) {
        self.listeners = listeners
        self.sharing = sharing
    }

    func run() async throws {
        do {
            try await sharing?.waitUntilReady()
        } catch {
            throw LaunchError.unavailable("Redis: \(error)")
        }
        for (name, server) in listeners {
            do {
                let address = try await server.bind()
                let place: ListenAddress.Place =
                    address.pathname.map { .unix(path: $0) }
                    ?? .tcp(host: address.ipAddress ?? "", port: address.port ?? 0)
                Launch.announce(name, at: "\(place)")
            } catch {
                throw LaunchError.unavailable("\(name): \(error)")
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (_, server) in listeners { tasks.addTask { try await server.run() } }
            try await tasks.waitForAll()
        }
    }
}
