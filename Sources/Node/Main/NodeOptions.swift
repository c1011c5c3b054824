import ArgumentParser

/// The options of a node that are not an application's own. Every option is also an environment variable and a key of the
/// configuration file: `--node-name` is `SWITCHBOARD_NODE_NAME`.
struct NodeOptions: ParsableArguments {
    @Option(help: "Listener, NAME=HOST:PORT or NAME=unix:/PATH; NAME is the application: meet or support. Repeatable.")
    var listen: [String] = []

    @Option(
        help: """
            Redis shared by all nodes: redis://[user:password@]host:port/db, rediss://, unix:///path, \
            redis+sentinel://host,host/master or redis+cluster://host,host. Without it the node runs alone.
            """)
    var redis: String?

    @Option(
        help: """
            How nodes talk to each other through Redis, the same on all: classic, or sharded (Redis 7), as with \
            createAdapter and createShardedAdapter of @socket.io/redis-adapter. (default: classic)
            """)
    var adapter: String?

    @Option(
        help: """
            Which rooms have a channel of their own, if sharded: those that were joined (dynamic), none (static), also \
            sockets' own ids (dynamic-private). (default: dynamic)
            """)
    var subscriptionMode: String?

    @Option(help: "First part of every key and channel of ours in Redis. (default: switchboard)")
    var redisPrefix: String?

    @Option(help: "Name of the node for people, in logs and /readyz. (default: the process id, for process 1 the host)")
    var nodeName: String?

    @Option(
        help: """
            Host under which gateways that look in Redis reach this node; needed where the listener is 0.0.0.0. (default: \
            the host of the listener)
            """)
    var advertise: String?

    @Option(help: "Event loops, 1 to 64. (default: 1)")
    var threads: String?

    @Option(help: "File of the stock Socket.IO client, served at /socket.io/socket.io.min.js.")
    var clientBundle: String?

    @Option(help: "Where to answer /metrics instead of on the listeners, HOST:PORT. (default: on the listeners)")
    var metrics: String?

    @Option(help: "How many proxies in front are ours and write X-Forwarded-For. (default: 0)")
    var trustedProxies: String?

    @Option(help: "Milliseconds between heartbeats of a session. (default: 25000)")
    var pingInterval: String?

    @Option(help: "Milliseconds that a client has to answer a heartbeat. (default: 20000)")
    var pingTimeout: String?

    @Option(help: "Longest message or request body in bytes. (default: 1000000)")
    var maxPayload: String?

    @Option(help: "Whether clients of Socket.IO 2.x (Engine.IO 3) may connect. (default: false)")
    var allowEio3: String?

    @Option(help: "Compress WebSocket messages of at least so many bytes, or on (1024) or off. (default: off)")
    var perMessageDeflate: String?

    @Option(help: "Compress answers to polls of at least so many bytes, or on (1024) or off. (default: on)")
    var httpCompression: String?

    @Option(help: "Milliseconds until a session that joins no namespace is closed. (default: 45000)")
    var connectTimeout: String?

    @Option(
        help: """
            Most events a client may send per second, RATE[:BURST] or none; over it its session is closed. (default: \
            500:2000)
            """)
    var eventsPerSecond: String?

    @Option(help: "Most bytes a client may send per second, RATE[:BURST] or none. (default: none)")
    var bytesPerSecond: String?

    @Option(help: "Milliseconds after which a node that is not heard of counts as dead. (default: 4000)")
    var lease: String?

    @Option(help: "Milliseconds between 'not ready' and closing sessions on SIGTERM. (default: 1500)")
    var drainNotice: String?

    @Option(help: "Milliseconds over which many sessions are closed, little by little. (default: 5000)")
    var drainOver: String?

    @Option(help: "Milliseconds that a graceful shutdown may take in all. (default: 10000)")
    var drain: String?
}
