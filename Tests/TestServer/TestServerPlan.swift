import Adapter
import Cluster
import EngineIO
import EngineServer
import Launch
import Listening
import NIOCore
import RedisAdapter
import RedisSettings
import SocketIO
import SocketServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the options, the environment and the configuration file ask for, checked.
struct TestServerPlan {
    let listeners: [ListenAddress]
    let redis: RedisConfiguration?
    let unicast: Bool
    let adapter: RedisAdapterFormat
    var membership = MembershipConfiguration()
    let nodeName: String
    let threads: Int
    let listening: ListenerSettings
    let path: String
    var engine = EngineConfiguration()
    var server = ServerConfiguration()

    init(_ options: TestServerCommand, _ settings: Settings) throws(LaunchError) {
        let addresses = try settings.values("listen", options.listen, "host:port or unix:/path", ListenAddress.init)
        listeners = addresses.isEmpty ? [ListenAddress(host: "127.0.0.1", port: 3000)] : addresses
        redis = try settings.redis(options.redisOptions, at: options.redis)
        unicast = try settings.value("unicast", options.unicast, default: false, "true or false") { Bool($0) }
        let mode = try settings.value(
            "subscription-mode", options.subscriptionMode, default: .dynamic, "dynamic, static or dynamic-private"
        ) { ShardedMode(rawValue: $0) }
        adapter = try settings.value("adapter", options.adapter, default: .classic, "classic or sharded") { text in
            RedisAdapterFormat(text, mode: mode)
        }
        membership.lease = try settings.milliseconds("lease", options.lease, default: membership.lease)
        membership.heartbeat = min(membership.heartbeat, membership.lease / 4)
        nodeName = settings.text("node-name", options.nodeName) ?? "\(getpid())"
        threads = try settings.integer("threads", options.threads, default: min(64, System.coreCount), in: 1...64)
        listening = try settings.listeners(options.listening)
        engine.read(listening)
        engine.trustedProxies = try settings.integer(
            "trusted-proxies", options.trustedProxies, default: 0, in: 0...32)
        engine.pingInterval = try settings.milliseconds(
            "ping-interval", options.pingInterval, default: engine.pingInterval)
        engine.pingTimeout = try settings.milliseconds("ping-timeout", options.pingTimeout, default: engine.pingTimeout)
        engine.maxPayload = try settings.integer(
            "max-payload", options.maxPayload, default: engine.maxPayload, in: 1...(1 << 30))
        engine.allowEIO3 = try settings.value(
            "allow-eio3", options.allowEio3, default: engine.allowEIO3, "true or false"
        ) { Bool($0) }
        path = settings.text("path", options.requests.path) ?? "/socket.io/"
        try options.requests.apply(to: &engine, settings)
        engine.perMessageDeflate = try settings.threshold(
            "per-message-deflate", options.perMessageDeflate, default: nil, on: PerMessageDeflate().threshold
        ).map { PerMessageDeflate(threshold: $0) }
        let polls = HTTPCompression().threshold
        engine.httpCompression = try settings.threshold(
            "http-compression", options.httpCompression, default: polls, on: polls
        ).map { HTTPCompression(threshold: $0) }
        server.connectTimeout = try settings.milliseconds(
            "connect-timeout", options.connectTimeout, default: server.connectTimeout)
        try readRecovery(options, settings)
        server.rates.events = try settings.value(
            "events-per-second", options.eventsPerSecond, default: nil, "RATE or RATE:BURST, whole numbers from 1"
        ) { RateLimit($0).map(Optional.some) }
        server.parser = try settings.value("parser", options.parser, default: .json, "json or msgpack") { text in
            ["json": .json, "msgpack": .messagePack][text]
        }
        do {
            try membership.validate()
            try engine.validate()
            try server.validate()
        } catch {
            throw .configuration("\(error)")
        }
    }

    /// A loss is noticed after a ping interval and a ping timeout at the latest.
    private mutating func readRecovery(_ options: TestServerCommand, _ settings: Settings) throws(LaunchError) {
        guard settings.text("recovery", options.recovery) != nil else { return }
        var recovery = RecoveryConfiguration()
        recovery.limits.maxDisconnectionDuration = try settings.milliseconds(
            "recovery", options.recovery, default: recovery.limits.maxDisconnectionDuration)
        recovery.limits.lossDetection = engine.pingInterval + engine.pingTimeout
        server.recovery = recovery
    }
}
