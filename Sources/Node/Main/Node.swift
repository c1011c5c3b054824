import Cluster
import EngineIO
import EngineServer
import Figures
import Launch
import Listening
import Logging
import Meet
import Monitoring
import NIOCore
import NIOPosix
import ServiceLifecycle
import SocketServer
import WebAPI

/// The composition of one node: event loops, shared state, Socket.IO server, application, listeners.
struct Node {
    private let configuration: NodeConfiguration
    private let meet: MeetConfiguration
    private let support: SupportSettings?
    private let tag: NodeTag
    private let logger: Logger
    private let reported: PrometheusMetrics
    private let readiness = Readiness()
    private let load = Load()

    /// `reported` is what the applications and libraries of the process report to.
    init(
        _ configuration: NodeConfiguration, meet: MeetConfiguration, support: SupportSettings?,
        reported: PrometheusMetrics, logger: Logger
    ) {
        self.configuration = configuration
        self.reported = reported
        self.meet = meet
        self.support = support
        var random = SystemRandomNumberGenerator()
        tag = NodeTag(using: &random)
        var logger = logger
        logger[metadataKey: "node"] = "\(configuration.nodeName)"
        logger[metadataKey: "tag"] = "\(tag)"
        self.logger = logger
    }

    /// Serves until a signal ends it.
    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let loops = group.makeIterator().map { $0 as any EventLoop }
        let backplane = backplane(on: group.next())
        let server = Server(
            configuration: configuration.server, nodeTag: tag, loops: loops, adapters: backplane.adapters,
            recoveryStore: backplane.recovery, logger: logger)
        backplane.onStandstill { server.closeLostSessions() }
        let application = await MeetApplication(
            configuration: meet, matchmaker: backplane.matchmaker, onlineCount: backplane.onlineCount,
            rateLimiter: backplane.rateLimiter, nodes: backplane.nodeCount, logger: logger)
        // Stock clients use the main namespace of the listener; new ones may name the application (C.1).
        if configuration.serves("meet") {
            for name in ["/", "/meet"] { application.attach(to: server.namespace(name)) }
        }
        let chat = try await supportChat(server, backplane, on: group.next())

        let delays = EventLoopDelays(of: loops)
        let series = NodeMetrics(
            load: load, server: server, application: application, chat: chat, readiness: readiness,
            adapters: backplane.adapters, redis: backplane.redis, delays: delays, reported: reported)
        let metrics: @Sendable () -> [Metric] = { series.series }
        let metricsListener = configuration.metrics.map { self.metricsListener(at: $0, metrics, group: group) }
        let sites = try sites(application, chat, metricsListener == nil ? metrics : nil, server)
        let tls = try TLSIdentity.named(by: configuration.listening)
        let listeners = configuration.listeners.compactMap { address in
            sites[address.name ?? ""].map { listener(at: address, $0, tls: tls, loops: loops, group: group) }
        }
        let start = StartService(readiness: readiness, listeners: (metricsListener.map { [$0] } ?? []) + listeners) {
            try await backplane.waitUntilReady()
            try await chat?.waitUntilReady()
        }
        let drain = DrainService(
            readiness: readiness, notice: configuration.drainNotice, server: server, time: configuration.drainOver,
            handOver: backplane.handOver, logger: logger)
        var services: [any Service] = [delays]
        services += backplane.services
        if let metricsListener { services.append(metricsListener.server) }
        services.append(MeetService(application: application))
        if let chat { services.append(chat.service) }
        services.append(start)
        services += listeners.map(\.server)
        services.append(drain)
        try await Launch.serve(services, drain: configuration.drain, logger: logger, reload: tls?.reloading)
    }

    private func supportChat(
        _ server: Server, _ backplane: Backplane, on loop: any EventLoop
    ) async throws(LaunchError) -> SupportChat? {
        guard let support else { return nil }
        return try await SupportChat(
            support, limiter: backplane.rateLimiter, server: server, loop: loop,
            trustedProxies: configuration.engine.trustedProxies, logger: logger)
    }

    private func backplane(on loop: any EventLoop) -> Backplane {
        guard let redis = configuration.redis else { return .embedded(policy: meet.policy, loop: loop) }
        let information = NodeInformation(
            name: configuration.nodeName, listeners: configuration.listeners, advertise: configuration.advertise)
        let sharing = Backplane.Sharing(
            redis: redis, adapter: configuration.adapter, membership: configuration.membership, tag: tag,
            policy: meet.policy, recovery: configuration.server.recovery?.limits
        ) { [load, readiness] in
            information.text(sessions: load.sessions, draining: readiness.isDraining)
        }
        return .shared(sharing, loop: loop, logger: logger)
    }
}

// MARK: - Beside Engine.IO

extension Node {
    /// What the clients of a listener find.
    private struct Site {
        var engine: EngineConfiguration
        var acceptor: any SessionAcceptor
        var responder: any EngineServer.HTTPResponder
    }

    /// By names of listeners.
    private func sites(
        _ application: MeetApplication, _ chat: SupportChat?, _ metrics: (@Sendable () -> [Metric])?, _ server: Server
    ) throws(LaunchError) -> [String: Site] {
        let bundle = try configuration.readClientBundle()
        let web = webAPI(application, metrics: metrics, bundle)
        var sites = ["meet": Site(engine: configuration.engine, acceptor: server, responder: web)]
        guard let chat else { return sites }
        var engine = configuration.engine
        (engine.origins, engine.allowMissingOrigin) = (chat.settings.origins, chat.settings.allowsMissingOrigin)
        let pages = chat.web(
            status: status, metrics: metrics, trustedProxies: engine.trustedProxies, bundle: bundle, logger: logger)
        sites[SupportChat.listener] = Site(
            engine: engine, acceptor: server.acceptor(for: SupportChat.listener), responder: pages)
        return sites
    }

    private func webAPI(
        _ application: MeetApplication, metrics: (@Sendable () -> [Metric])?, _ bundle: ClientBundle?
    ) -> WebAPI {
        let origins = configuration.engine.origins
        let sources = WebAPI.Sources(
            status: status, metrics: metrics, verify: { token in await application.verdict(on: token) },
            allowsOrigin: { origin, host in origins.allows(origin, host: host) })
        return WebAPI(sources, iceServers: configuration.iceServers, bundle: bundle, logger: logger)
    }

    /// A listener of clients.
    private func listener(
        at address: ListenAddress, _ site: Site, tls: TLSIdentity?, loops: [any EventLoop],
        group: MultiThreadedEventLoopGroup
    ) -> StartService.Listener {
        let engine = Engine(
            configuration: site.engine, nodeTag: tag.text, loops: loops, acceptor: site.acceptor, logger: logger)
        load.count(engine)
        let server = HTTPServer(
            ListenerConfiguration(address.name ?? "", at: address.place, configuration.listening, tls: tls),
            mounts: [.engine(path: "/socket.io/", engine)], responder: site.responder, group: group, logger: logger)
        load.count(server)
        return (address, server)
    }

    /// A listener with `/metrics` alone, over plain HTTP.
    private func metricsListener(
        at address: ListenAddress, _ metrics: @escaping @Sendable () -> [Metric], group: MultiThreadedEventLoopGroup
    ) -> StartService.Listener {
        let server = HTTPServer(
            listener: "metrics", host: address.tcp?.host ?? "", port: address.tcp?.port ?? 0, mounts: [],
            responder: MetricsPage(metrics), group: group, logger: logger)
        return (address, server)
    }

    /// What `/readyz` answers.
    private var status: @Sendable () -> NodeStatus {
        let (tag, name) = (tag.text, configuration.nodeName)
        return { [readiness, load] in
            NodeStatus(
                ready: readiness.isReady, draining: readiness.isDraining, tag: tag, name: name,
                sessions: load.sessions)
        }
    }
}

extension MeetApplication {
    /// What the REST interface answers about a token.
    fileprivate func verdict(on token: String) async -> TokenVerdict {
        do {
            let identity = try await verify(token)
            return .valid(id: identity.userID, email: identity.email, name: identity.name)
        } catch {
            return error == .expired ? .expired : .invalid
        }
    }
}
