import Cluster
import EngineServer
import Launch
import Listening
import Logging
import Meet
import NIOCore
import NIOPosix
import SocketServer
import WebAPI

/// The composition of one node: event loops, shared state, Socket.IO server, application, listeners.
struct Node {
    private let configuration: NodeConfiguration
    private let meet: MeetConfiguration
    private let tag: NodeTag
    private let logger: Logger
    private let readiness = Readiness()
    private let load = Load()

    init(_ configuration: NodeConfiguration, meet: MeetConfiguration, logger: Logger) {
        self.configuration = configuration
        self.meet = meet
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
            logger: logger)
        let application = await MeetApplication(
            configuration: meet, matchmaker: backplane.matchmaker, onlineCount: backplane.onlineCount,
            rateLimiter: backplane.rateLimiter, nodes: backplane.nodeCount, logger: logger)
        // Stock clients use the main namespace of the listener; new ones may name the application (C.1).
        for name in ["/", "/meet"] { application.attach(to: server.namespace(name)) }

        let web = try webAPI(application, backplane)
        let tls = try TLSIdentity.named(by: configuration.listening)
        let listeners = configuration.listeners.map { address in
            let engine = Engine(
                configuration: configuration.engine, nodeTag: tag.text, loops: loops, acceptor: server, logger: logger)
            load.count(engine)
            let server = HTTPServer(
                ListenerConfiguration(address.name ?? "", at: address.place, configuration.listening, tls: tls),
                mounts: [.engine(path: "/socket.io/", engine)], responder: web, group: group, logger: logger)
            load.count(server)
            return (address: address, server: server)
        }
        let start = StartService(
            readiness: readiness, waitUntilReady: backplane.waitUntilReady, listeners: listeners)
        let drain = DrainService(
            readiness: readiness, notice: configuration.drainNotice, server: server, time: configuration.drainOver,
            logger: logger)
        try await Launch.serve(
            backplane.services + [MeetService(application: application), start] + listeners.map(\.server) + [drain],
            drain: configuration.drain, logger: logger, reload: tls?.reloading)
    }

    private func backplane(on loop: any EventLoop) -> Backplane {
        guard let redis = configuration.redis else { return .embedded(policy: meet.policy, loop: loop) }
        let information = NodeInformation(
            name: configuration.nodeName, listeners: configuration.listeners, advertise: configuration.advertise)
        let sharing = Backplane.Sharing(
            redis: redis, adapter: configuration.adapter, membership: configuration.membership, tag: tag,
            policy: meet.policy
        ) { [load, readiness] in
            information.text(sessions: load.sessions, draining: readiness.isDraining)
        }
        return .shared(sharing, loop: loop, logger: logger)
    }
}

// MARK: - Beside Engine.IO

extension Node {
    private func webAPI(_ application: MeetApplication, _ backplane: Backplane) throws(LaunchError) -> WebAPI {
        let status = NodeStatus(
            ready: false, draining: false, tag: tag.text, name: configuration.nodeName, sessions: 0)
        let metrics = NodeMetrics(
            load: load, application: application, readiness: readiness, adapters: backplane.adapters,
            redis: backplane.redis)
        let origins = configuration.engine.origins
        let sources = WebAPI.Sources(
            status: { [status, readiness, load] in
                var status = status
                (status.ready, status.draining) = (readiness.isReady, readiness.isDraining)
                status.sessions = load.sessions
                return status
            },
            metrics: { metrics.series },
            verify: { token in await application.verdict(on: token) },
            allowsOrigin: { origin, host in origins.allows(origin, host: host) })
        do {
            let bundle = try configuration.clientBundle.map { path in try ClientBundle(path: path) }
            return WebAPI(sources, bundle: bundle, logger: logger)
        } catch {
            throw .configuration("\(error)")
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
