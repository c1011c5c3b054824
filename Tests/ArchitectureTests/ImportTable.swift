/// One row of the import table: a module, where it lives, and everything that it may import.
struct ImportRow: Sendable, CustomStringConvertible {
    let module: String
    let folder: String
    let mayImport: Set<String>

    init(_ module: String, _ folder: String, _ mayImport: Set<String>) {
        self.module = module
        self.folder = folder
        self.mayImport = mayImport
    }

    var description: String { module }
}

/// Modules that touch neither the network nor the clock; shells and seams may use them.
private let base: Set<String> = ["Synchronization", "FoundationEssentials", "Glibc", "Musl"]
private let nio: Set<String> = ["NIOCore", "NIOPosix"]
private let running: Set<String> = ["Logging", "ServiceLifecycle"]
private let launching: Set<String> = ["Launch", "ArgumentParser", "Configuration"]

/// The import table of the architecture, row by row.
let importTable: [ImportRow] = [
    // Cores: values. Bytes come from NIOCore; no event loop, clock or logger.
    ImportRow("HTTPCodec", "Sources/Node/HTTPCodec", ["NIOCore"]),
    ImportRow("EngineIO", "Sources/Node/EngineIO", ["NIOCore", "Synchronization"]),
    ImportRow("SocketIO", "Sources/Node/SocketIO", ["EngineIO", "NIOCore"]),
    ImportRow("Cluster", "Sources/Adapter/Cluster", ["SocketIO", "NIOCore"]),
    ImportRow("Matchmaking", "Sources/Adapter/Matchmaking", []),
    ImportRow("Routing", "Sources/Gateway/Routing", []),
    // What is counted and measured, and its text form.
    ImportRow("Figures", "Sources/Node/Figures", ["Synchronization"]),
    // The door to zlib: an owner of C memory with values going in and out.
    ImportRow("Deflate", "Sources/Node/Deflate", ["CZlib", "NIOCore"]),
    ImportRow("Entropy", "Sources/Node/Entropy", ["Glibc", "Musl"]),
    // Seams
    ImportRow(
        "Adapter", "Sources/Adapter/Adapter",
        ["Cluster", "Matchmaking", "SocketIO", "NIOCore", "Synchronization"]),
    ImportRow(
        "SocketServer", "Sources/Node/SocketServer",
        ["SocketIO", "EngineIO", "Adapter", "Cluster", "Entropy", "Figures", "NIOCore", "Logging", "Synchronization"]),
    // Shells
    ImportRow(
        "RedisAdapter", "Sources/Adapter/RedisAdapter",
        base.union(nio).union(running).union([
            "Adapter", "Cluster", "Matchmaking", "SocketIO", "Figures", "CHiredis", "NIOSSL",
        ])),
    ImportRow(
        "EngineServer", "Sources/Node/EngineServer",
        base.union(nio).union(running).union([
            "HTTPCodec", "EngineIO", "Deflate", "Entropy", "Figures", "NIOHTTP1", "NIOTLS", "NIOSSL",
        ])),
    ImportRow(
        "WebAPI", "Sources/Node/WebAPI",
        [
            "EngineServer", "Figures", "CoreMetrics", "NIOCore", "NIOHTTP1", "Logging", "Hummingbird", "HTTPTypes",
            "FoundationEssentials", "Crypto",
        ]),
    ImportRow(
        "HummingbirdSocketIO", "Sources/Node/HummingbirdSocketIO",
        [
            "EngineServer", "SocketServer", "Cluster", "NIOCore", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "Logging",
            "HummingbirdCore",
        ]),
    ImportRow(
        "GatewayServer", "Sources/Gateway/GatewayServer",
        base.union(nio).union(running).union(["HTTPCodec", "Routing", "Figures", "CEpoll", "NIOHTTP1"])),
    // Applications: the public API and the seams, never a socket. (EngineIO describes the client's handshake.)
    ImportRow(
        "Meet", "Sources/Node/Meet",
        base.union(["SocketServer", "EngineIO", "SocketIO", "Adapter", "Matchmaking", "Figures", "Logging", "JWTKit"])),
    ImportRow(
        "Support", "Sources/Node/Support",
        base.union(["SocketServer", "EngineIO", "SocketIO", "Adapter", "Figures", "NIOCore", "Logging", "JWTKit"])),
    // Stores of the support chat: each is the only one that knows its database.
    ImportRow("SQLiteStore", "Sources/Node/SQLiteStore", base.union(["Support", "GRDB", "Logging"])),
    ImportRow("MariaDBStore", "Sources/Node/MariaDBStore", base.union(["Support", "CMariaDB", "NIOPosix", "Logging"])),
    ImportRow(
        "SupportWeb", "Sources/Node/SupportWeb",
        base.union([
            "Support", "WebAPI", "EngineServer", "Adapter", "Figures", "CCrypt", "NIOCore", "NIOPosix", "Logging",
            "Hummingbird",
            "HTTPTypes",
        ])),
    // Mains and what they share
    ImportRow(
        "Monitoring", "Sources/Node/Monitoring",
        base.union(["Figures", "CoreMetrics", "NIOCore", "ServiceLifecycle"])),
    ImportRow(
        "Launch", "Sources/Node/Launch",
        base.union(running).union(["ArgumentParser", "Configuration", "NIOCore", "SystemPackage", "UnixSignals"])),
    ImportRow(
        "HealthCheck", "Sources/Node/HealthCheck", nio.union(["Launch", "ArgumentParser", "NIOHTTP1", "NIOSSL"])),
    ImportRow("Listening", "Sources/Node/Listening", ["Launch", "EngineServer", "EngineIO"]),
    ImportRow("RedisSettings", "Sources/Adapter/RedisSettings", ["Launch", "ArgumentParser", "RedisAdapter"]),
    ImportRow(
        "switchboard-node", "Sources/Node/Main",
        base.union(nio).union(running).union(launching).union([
            "HealthCheck", "Listening", "EngineServer", "EngineIO", "SocketServer", "SocketIO", "Meet", "WebAPI",
            "Adapter",
            "Support", "SQLiteStore", "MariaDBStore", "SupportWeb",
            "RedisAdapter", "RedisSettings", "Figures", "Monitoring", "CoreMetrics",
            "Cluster", "Matchmaking",
        ])),
    ImportRow(
        "switchboard-gateway", "Sources/Gateway/Main",
        // Beside its own modules it only finds nodes in Redis (`--nodes-from redis://…`), as they describe themselves.
        base.union(nio).union(running).union(launching).union([
            "HealthCheck", "GatewayServer", "Routing", "RedisAdapter", "RedisSettings", "SocketIO", "Figures",
            "Monitoring",
        ])),
]

/// What the values of the cores must not even name: they are told the time and handed the randomness.
let forbiddenInCores = [
    "EventLoop", "Channel", "ChannelHandlerContext", "NIODeadline", "ContinuousClock", "SuspendingClock", "Logger",
    "SystemRandomNumberGenerator", "Task", "DispatchQueue",
]

/// The modules that are cores.
let cores: Set<String> = ["Figures", "HTTPCodec", "EngineIO", "SocketIO", "Cluster", "Matchmaking", "Routing"]
