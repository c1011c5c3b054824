import GatewayServer
import Launch
import Logging
import Monitoring
import NIOCore
import NIOPosix
import RedisAdapter
import RedisSettings
import Routing

extension Settings {
    /// What the gateway does.
    func gateway(_ options: SwitchboardGateway) throws -> GatewayConfiguration {
        let listeners = try values("listen", options.listen, "NAME=HOST:PORT") {
            text -> GatewayConfiguration.Listener? in
            guard let address = ListenAddress(text), let name = address.name, let tcp = address.tcp else { return nil }
            return .init(name: name, host: tcp.host, port: tcp.port)
        }
        if listeners.isEmpty { try reject(.usage("--listen NAME=HOST:PORT is missing")) }
        var configuration = GatewayConfiguration(listeners: listeners, admin: try admin(options))
        configuration.metrics = try metrics(options)
        try read(options, into: &configuration.probes)
        try read(options, into: &configuration.clients)
        try read(options, into: &configuration.nodes)
        configuration.routing.failedProbes = try integer(
            "probe-failures", options.probeFailures, default: configuration.routing.failedProbes, in: 1...100)
        configuration.trustsForwarded = try value(
            "trust-forwarded", options.trustForwarded, default: false, "true or false", Bool.init)
        configuration.drain = try milliseconds(
            "drain", options.drain, default: configuration.drain, in: 0...86_400_000)
        return configuration
    }

    /// Where the operator is answered, if anywhere.
    func admin(_ options: SwitchboardGateway) throws(LaunchError) -> GatewayConfiguration.Listener? {
        try value("admin", options.admin, default: nil, "HOST:PORT") { text in
            guard let address = ListenAddress(text), address.name == nil, let tcp = address.tcp else { return nil }
            return .init(name: "admin", host: tcp.host, port: tcp.port)
        }
    }

    private func metrics(_ options: SwitchboardGateway) throws -> GatewayConfiguration.Listener? {
        try value("metrics", options.metrics, default: nil, "HOST:PORT") { text in
            guard let address = ListenAddress(text), address.name == nil, let tcp = address.tcp else { return nil }
            return .init(name: "metrics", host: tcp.host, port: tcp.port)
        }
    }

    private func read(_ options: SwitchboardGateway, into probes: inout GatewayConfiguration.Probes) throws {
        probes.interval = try milliseconds("probe-interval", options.probeInterval, default: probes.interval)
        probes.timeout = try milliseconds("probe-timeout", options.probeTimeout, default: probes.timeout)
    }

    private func read(_ options: SwitchboardGateway, into clients: inout GatewayConfiguration.ClientLimits) throws {
        clients.connections = try integer(
            "max-connections", options.maxConnections, default: clients.connections, in: 1...10_000_000)
        clients.headBytes = try integer(
            "max-head-bytes", options.maxHeadBytes, default: clients.headBytes, in: 1_024...1_048_576)
        let unlimited = -1
        let bodyBytes = try integer("max-body-bytes", options.maxBodyBytes, default: unlimited, in: 0...Int.max)
        clients.bodyBytes = bodyBytes == unlimited ? nil : bodyBytes
        clients.headTimeout = try milliseconds("head-timeout", options.headTimeout, default: clients.headTimeout)
        clients.bodyTimeout = try milliseconds("body-timeout", options.bodyTimeout, default: clients.bodyTimeout)
        clients.keepAliveTimeout = try milliseconds(
            "keep-alive-timeout", options.keepAliveTimeout, default: clients.keepAliveTimeout)
    }

    private func read(_ options: SwitchboardGateway, into nodes: inout GatewayConfiguration.NodeConnections) throws {
        nodes.responseTimeout = try milliseconds(
            "response-timeout", options.responseTimeout, default: nodes.responseTimeout)
        nodes.connectTimeout = try milliseconds(
            "connect-timeout", options.connectTimeout, default: nodes.connectTimeout)
        nodes.idleTimeout = try milliseconds("idle-timeout", options.idleTimeout, default: nodes.idleTimeout)
    }

    /// Where the gateway learns of nodes.
    func nodeSources(
        _ options: SwitchboardGateway, loop: any EventLoop, _ logger: Logger
    ) throws -> [any NodeSource] {
        let nodes = try values("node", options.node, "NAME=HOST:PORT[,NAME=HOST:PORT…]", Self.node)
        let urls = try values("nodes-from", options.nodesFrom, "a URL such as dns://HOST?NAME=PORT") { $0 }
        var sources: [any NodeSource] = nodes.isEmpty ? [] : [StaticNodes(nodes)]
        for url in urls {
            if let configuration = try? RedisConfiguration(url: url) {
                let redis = try redis(options.redis, configuration: configuration)
                let keys = KeySpace(prefix: text("redis-prefix", options.redisPrefix) ?? KeySpace().prefix)
                sources.append(RedisNodes(redis: redis, keys: keys, loop: loop, logger: logger))
            } else if let source = DNSNodes(url) {
                sources.append(source)
            } else {
                // A URL of Redis may have a password, which nobody should read in a log.
                try reject(
                    .configuration(
                        "--nodes-from: '\(url.prefix { $0 != ":" })…' is neither a URL of Redis nor "
                            + "dns://HOST?NAME=PORT[&NAME=PORT…]"))
            }
        }
        if nodes.isEmpty, urls.isEmpty { try reject(.usage("--node or --nodes-from is missing")) }
        return sources
    }

    private static func node(_ text: String) -> NodeAddress? {
        var endpoints: [Endpoint] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let address = ListenAddress(String(part)), let name = address.name, let tcp = address.tcp,
                tcp.port > 0
            else { return nil }
            endpoints.append(Endpoint(listener: name, host: tcp.host, port: tcp.port))
        }
        return NodeAddress(endpoints)
    }

    /// How many threads move bytes.
    func threads(_ options: SwitchboardGateway) throws -> Int {
        try integer("threads", options.threads, default: System.coreCount, in: 1...256)
    }

    /// The gateway, or one line about why the values do not make sense together.
    func server(
        _ configuration: GatewayConfiguration, _ sources: [any NodeSource], _ group: MultiThreadedEventLoopGroup,
        _ delays: EventLoopDelays, _ logger: Logger
    ) throws -> GatewayServer {
        do {
            return try GatewayServer(
                configuration: configuration, sources: sources, group: group,
                processSeries: { delays.series + ProcessFigures.series }, logger: logger)
        } catch {
            throw LaunchError.configuration(error.description)
        }
    }
}
