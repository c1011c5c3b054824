import Cluster
import EngineIO
import EngineServer
import Launch
import Listening
import RedisAdapter
import SocketServer
import WebAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Everything that a node is told at its start, checked.
struct NodeConfiguration {
    var listeners: [ListenAddress] = []
    var redis: RedisConfiguration?
    var adapter = RedisAdapterFormat.classic
    var membership = MembershipConfiguration()
    /// Name of the node for people. Default: the process id, or the name of the host.
    var nodeName = ""
    var advertise: String?
    var threads = 1
    var clientBundle: String?
    /// Where `/metrics` is; on every listener if `nil`.
    var metrics: ListenAddress?
    var iceServers = ICEServers()
    var listening = ListenerSettings()
    var engine = EngineConfiguration()
    var server = ServerConfiguration()
    var drainNotice: Duration = .milliseconds(1500)
    var drainOver: Duration = .seconds(5)
    var drain: Duration = .seconds(10)

    /// The process id; in a container, where every node is process 1, the name of the host.
    private static var processName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard getpid() == 1, gethostname(&name, name.count - 1) == 0 else { return String(getpid()) }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The applications that a listener may name.
    static let applications = ["meet", "support"]
}

extension NodeConfiguration {
    /// Whether a listener serves an application.
    func serves(_ application: String) -> Bool { listeners.contains { $0.name == application } }

    /// Reads the options, the environment and the configuration file.
    init(_ settings: Settings, _ options: NodeOptions) throws(LaunchError) {
        listeners = try Self.listeners(settings, options)
        try readShared(settings, options)
        try readLimits(settings, options)
    }

    /// Where the node listens.
    static func listeners(_ settings: Settings, _ options: NodeOptions) throws(LaunchError) -> [ListenAddress] {
        let listeners = try settings.values(
            "listen", options.listen, "NAME=HOST:PORT or NAME=unix:/PATH", ListenAddress.init)
        if listeners.isEmpty {
            try settings.reject(.usage("--listen is missing, for example --listen meet=127.0.0.1:3001"))
        }
        for listener in listeners where !applications.contains(listener.name ?? "") {
            try settings.reject(
                .usage("--listen \(listener): the applications are meet and support, as in meet=HOST:PORT"))
        }
        return listeners
    }

    /// What the listeners speak, and what they put up with.
    mutating func readListeners(_ settings: Settings, _ options: ListenerOptions) throws(LaunchError) {
        listening = try settings.listeners(options)
        engine.read(listening)
        if listening.connectionsPerAddress != nil, engine.trustedProxies > 0 {
            try settings.reject(
                .configuration("--connections-per-address would count those of the proxies of --trusted-proxies"))
        }
    }

    private mutating func readShared(_ settings: Settings, _ options: NodeOptions) throws(LaunchError) {
        let mode = try settings.value(
            "subscription-mode", options.subscriptionMode, default: .dynamic, "dynamic, static or dynamic-private"
        ) { ShardedMode(rawValue: $0) }
        adapter = try settings.value("adapter", options.adapter, default: .classic, "classic or sharded") { text in
            RedisAdapterFormat(text, mode: mode)
        }
        nodeName = settings.text("node-name", options.nodeName) ?? Self.processName
        advertise = settings.text("advertise", options.advertise)
        let prefix = try settings.value(
            "redis-prefix", options.redisPrefix, default: "switchboard", "1 to 64 characters without braces or blanks"
        ) { text in
            (1...64).contains(text.utf8.count) && !text.contains { "{} \t\n".contains($0) } ? text : nil
        }
        membership.keys = KeySpace(prefix: prefix)
        membership.lease = try settings.milliseconds("lease", options.lease, default: membership.lease)
        membership.heartbeat = min(membership.heartbeat, membership.lease / 4)
        do {
            try membership.validate()
        } catch {
            try settings.reject(.configuration("lease: \(error)"))
        }
    }

    private mutating func readLimits(_ settings: Settings, _ options: NodeOptions) throws(LaunchError) {
        threads = try settings.integer("threads", options.threads, default: 1, in: 1...64)
        clientBundle = settings.text("client-bundle", options.clientBundle)
        metrics = try settings.value("metrics", options.metrics, default: nil, "HOST:PORT") { text in
            ListenAddress(text).flatMap { $0.name == nil && $0.tcp != nil ? .some($0) : nil }
        }
        engine.trustedProxies = try settings.integer(
            "trusted-proxies", options.trustedProxies, default: 0, in: 0...32)
        engine.pingInterval = try settings.milliseconds(
            "ping-interval", options.pingInterval, default: engine.pingInterval)
        engine.pingTimeout = try settings.milliseconds(
            "ping-timeout", options.pingTimeout, default: engine.pingTimeout)
        engine.maxPayload = try settings.integer(
            "max-payload", options.maxPayload, default: engine.maxPayload, in: 1...(1 << 30))
        engine.allowEIO3 = try settings.flag("allow-eio3", options.allowEio3, default: engine.allowEIO3)
        try readCompression(settings, options)
        server.connectTimeout = try settings.milliseconds(
            "connect-timeout", options.connectTimeout, default: server.connectTimeout)
        server.rates.events = try settings.rate(
            "events-per-second", options.eventsPerSecond, default: RateLimit(perSecond: 500, burst: 2000))
        server.rates.bytes = try settings.rate("bytes-per-second", options.bytesPerSecond, default: nil)
        drainNotice = try settings.milliseconds(
            "drain-notice", options.drainNotice, default: drainNotice, in: 0...3_600_000)
        drainOver = try settings.milliseconds(
            "drain-over", options.drainOver, default: drainOver, in: 0...3_600_000)
        drain = try settings.milliseconds("drain", options.drain, default: drain)
    }

    private mutating func readCompression(_ settings: Settings, _ options: NodeOptions) throws(LaunchError) {
        engine.perMessageDeflate = try settings.threshold(
            "per-message-deflate", options.perMessageDeflate, default: nil, on: PerMessageDeflate().threshold
        ).map { PerMessageDeflate(threshold: $0) }
        let polls = HTTPCompression().threshold
        engine.httpCompression = try settings.threshold(
            "http-compression", options.httpCompression, default: polls, on: polls
        ).map { HTTPCompression(threshold: $0) }
    }

    /// The pages that may connect: those listed, and always the node's own.
    mutating func readOrigins(_ settings: Settings, _ options: MeetOptions) throws(LaunchError) {
        let listed = try settings.values("meet-origin", options.meetOrigin, "an origin such as https://example.org") {
            $0 == "any" || OriginPolicy.isOrigin($0.lowercased()) ? $0.lowercased() : nil
        }
        engine.credentials = true
        engine.allowMissingOrigin = try !settings.flag(
            "meet-require-origin", options.meetRequireOrigin, default: false)
        engine.origins =
            listed.contains("any") ? .any : .list(listed.isEmpty ? Self.documentedOrigins : listed, sameOrigin: true)
    }

    /// Where the front end of the original product is served from (applications, C.3).
    private static let documentedOrigins = ["http://localhost:5173", "https://www.meetmates.space"]
}

extension Settings {
    /// How often something may happen, or `none` for as often as one likes.
    func rate(
        _ option: String, _ argument: String?, default standard: RateLimit?
    ) throws(LaunchError) -> RateLimit? {
        try value(option, argument, default: standard, "RATE or RATE:BURST, whole numbers from 1, or none") { text in
            text == "none" ? .some(nil) : RateLimit(text).map(Optional.some)
        }
    }
}
