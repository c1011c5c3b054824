import ArgumentParser
import Launch
import Logging
import RedisSettings

/// `switchboard-testserver`: the server that conformance, interoperation and load tests drive (architecture, section 7).
@main
struct TestServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard-testserver",
        abstract: "A Socket.IO server for conformance, interoperation and load tests.",
        discussion: """
            Serves an Engine.IO echo on /engine.io/, a WebSocket echo on /ws-echo, and Socket.IO with test handlers in \
            the namespaces / and /custom (and some of TestHandlers+Namespaces) on /socket.io/, or on --path. /stats \
            tells what engines and listeners have counted, /peer who asks.
            """)

    @Option(help: "host:port or unix:/path; may be repeated. [SWITCHBOARD_LISTEN] (default: 127.0.0.1:3000)")
    var listen: [String] = []

    @Option(help: "A URL of Redis, as of switchboard-node: share broadcasts with other nodes. [SWITCHBOARD_REDIS]")
    var redis: String?

    @Option(help: "classic or sharded: how nodes talk through Redis. [SWITCHBOARD_ADAPTER] (default: classic)")
    var adapter: String?

    @Option(help: "Whether events for single sockets go to their nodes only. [SWITCHBOARD_UNICAST] (default: false)")
    var unicast: String?

    @Option(
        help: """
            dynamic, static or dynamic-private: which rooms have channels of their own, if sharded. \
            [SWITCHBOARD_SUBSCRIPTION_MODE] (default: dynamic)
            """)
    var subscriptionMode: String?

    @Option(help: "Milliseconds after which a silent node counts as dead. [SWITCHBOARD_LEASE] (default: 4000)")
    var lease: String?

    @Option(help: "This node's name in answers. [SWITCHBOARD_NODE_NAME] (default: the process id)")
    var nodeName: String?

    @Option(help: "Milliseconds between pings. [SWITCHBOARD_PING_INTERVAL] (default: 25000)")
    var pingInterval: String?

    @Option(help: "Milliseconds a client has to answer a ping. [SWITCHBOARD_PING_TIMEOUT] (default: 20000)")
    var pingTimeout: String?

    @Option(help: "Longest message in bytes. [SWITCHBOARD_MAX_PAYLOAD] (default: 1000000)")
    var maxPayload: String?

    @Option(help: "Whether clients of Engine.IO 3 may connect. [SWITCHBOARD_ALLOW_EIO3] (default: false)")
    var allowEio3: String?

    @Option(
        help: """
            Shortest WebSocket message to compress, in bytes; or on, off. [SWITCHBOARD_PER_MESSAGE_DEFLATE] \
            (default: off)
            """)
    var perMessageDeflate: String?

    @Option(help: "Shortest poll to compress, in bytes; or on, off. [SWITCHBOARD_HTTP_COMPRESSION] (default: on, 1024)")
    var httpCompression: String?

    @Option(help: "Milliseconds a client has to join a namespace. [SWITCHBOARD_CONNECT_TIMEOUT] (default: 45000)")
    var connectTimeout: String?

    @Option(help: "Most events a client may send per second. [SWITCHBOARD_EVENTS_PER_SECOND] (default: no limit)")
    var eventsPerSecond: String?

    @Option(help: "Milliseconds after which a lost connection is forgotten; turns recovery on. [SWITCHBOARD_RECOVERY]")
    var recovery: String?

    @Option(help: "json or msgpack: how packets are written. [SWITCHBOARD_PARSER] (default: json)")
    var parser: String?

    @Option(help: "Event loops, 1 to 64. [SWITCHBOARD_THREADS] (default: one per core)")
    var threads: String?

    @Option(help: "How many proxies in front write X-Forwarded-For. [SWITCHBOARD_TRUSTED_PROXIES] (default: 0)")
    var trustedProxies: String?

    @OptionGroup(title: "Redis") var redisOptions: RedisOptions

    @OptionGroup(title: "Listeners") var listening: ListenerOptions

    @OptionGroup var requests: RequestOptions

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Launch.run("switchboard-testserver", common) { settings, logger in
            let plan = try TestServerPlan(self, settings)
            try await TestServer(plan, logger: logger).run()
        }
    }
}
