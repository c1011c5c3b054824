import ArgumentParser
import GatewayServer
import HealthCheck
import Launch
import Logging
import Monitoring
import NIOCore
import NIOPosix
import RedisSettings

/// The command line of the gateway. Every option is also an environment variable and a key of the configuration file.
@main
struct SwitchboardGateway: HealthCheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard-gateway",
        abstract: "Keeps every Socket.IO session on the node that owns it.",
        discussion: """
            Every option is also an environment variable and a key of the configuration file: --head-timeout is \
            SWITCHBOARD_HEAD_TIMEOUT. Repeated options are separated by blanks there. Times are milliseconds, sizes bytes.
            """,
        subcommands: [
            HealthCheckCommand<SwitchboardGateway>.self, CheckCommand<SwitchboardGateway>.self,
            OptionsCommand<SwitchboardGateway>.self,
        ])

    @OptionGroup var common: CommonOptions
    @OptionGroup(title: "Redis") var redis: RedisOptions

    @Option(help: "Where to listen, NAME=HOST:PORT; repeatable. Goes to the nodes' listener of that name.")
    var listen: [String] = []
    @Option(help: "Where to answer /healthz, /readyz, /metrics and /nodes, HOST:PORT. (default: nowhere)")
    var admin: String?
    @Option(help: "Where to answer /metrics instead of there, HOST:PORT. (default: there)")
    var metrics: String?
    @Option(help: "A node, NAME=HOST:PORT[,NAME=HOST:PORT…]; repeatable. The first listener is probed.")
    var node: [String] = []
    @Option(
        help: "Where to find nodes: redis://… (or another URL of Redis), dns://HOST?NAME=PORT[&NAME=PORT…]; repeatable."
    )
    var nodesFrom: [String] = []
    @Option(help: "The nodes' --redis-prefix, to find them through Redis. (default: switchboard)")
    var redisPrefix: String?

    @Option(help: "Event loops. (default: number of cores)")
    var threads: String?
    @Option(help: "From one probe of a node to the next. (default: 500)")
    var probeInterval: String?
    @Option(help: "Longest wait for a probe's answer. (default: 1000)")
    var probeTimeout: String?
    @Option(help: "Failed probes in a row after which a node is taken for dead. (default: 2)")
    var probeFailures: String?

    @Option(help: "Most connections of clients. (default: 100000)")
    var maxConnections: String?
    @Option(help: "Most bytes of a request's headers. (default: 16384)")
    var maxHeadBytes: String?
    @Option(help: "Most bytes of a request's body. (default: what the nodes allow)")
    var maxBodyBytes: String?
    @Option(help: "Longest time for a request's head. (default: 10000)")
    var headTimeout: String?
    @Option(help: "Longest time for which a body may stand still. (default: 30000)")
    var bodyTimeout: String?
    @Option(help: "Longest time between two requests of a connection. (default: 75000)")
    var keepAliveTimeout: String?
    @Option(help: "Longest wait for a node's answer. (default: 120000)")
    var responseTimeout: String?
    @Option(help: "Longest wait for a connection to a node. (default: 1000)")
    var connectTimeout: String?
    @Option(help: "How long unused connections to nodes are kept. (default: 4000)")
    var idleTimeout: String?
    @Option(help: "Believe X-Forwarded-Proto and -Host of clients, true or false. (default: false)")
    var trustForwarded: String?
    @Option(help: "How long requests and tunnels may go on after SIGTERM. (default: 10000)")
    var drain: String?

    static var secrets: [Secret] { Secret.redis }

    func run() async throws {
        try await Launch.run("switchboard-gateway", common) { settings, logger in
            let configuration = try settings.gateway(self)
            let group = MultiThreadedEventLoopGroup(numberOfThreads: try settings.threads(self))
            let sources = try settings.nodeSources(self, loop: group.next(), logger)
            let delays = EventLoopDelays(of: Array(group.makeIterator()))
            let server = try settings.server(configuration, sources, group, delays, logger)
            do {
                for (name, address) in try await server.bind() {
                    let place = ListenAddress(host: address.ipAddress ?? "?", port: address.port ?? 0)
                    Launch.announce(name, at: place.description)
                }
            } catch {
                throw LaunchError.unavailable("cannot listen: \(error)")
            }
            // Which nodes there are is not waited for: they may come later.
            try await Launch.serve(
                [delays, server], isReady: true, drain: configuration.drain + .seconds(5), logger: logger)
            try await group.shutdownGracefully()
        }
    }

    func read(_ settings: Settings) throws {
        let configuration = try settings.gateway(self)
        _ = try settings.threads(self)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        _ = try settings.nodeSources(self, loop: loop, Logger(label: "switchboard-gateway"))
        // That there is none has been said.
        if !configuration.listeners.isEmpty { try configuration.validate() }
    }

    /// The admin listener.
    func healthTarget(_ settings: Settings) throws(LaunchError) -> HealthTarget {
        guard let admin = try settings.admin(self) else {
            throw .usage("--admin HOST:PORT is missing: only there a gateway tells about itself")
        }
        guard let target = HealthTarget(listener: .tcp(host: admin.host, port: admin.port)) else {
            throw .usage("--admin has no fixed port; name it: --url http://HOST:PORT")
        }
        return target
    }
}
