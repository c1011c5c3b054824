// swift-tools-version: 6.2
import PackageDescription

// The module graph of Switchboard, bottom to top. Each target states every module it imports: the build runs with
// `--explicit-target-dependency-import-check error`, and Tests/Architecture executes the table of forbidden imports.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

func module(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", swiftSettings: strict)
}

func main(_ name: String, at path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "switchboard",
    products: [
        .executable(name: "switchboard-node", targets: ["switchboard-node"]),
        .executable(name: "switchboard-gateway", targets: ["switchboard-gateway"]),
        .executable(name: "switchboard-testserver", targets: ["switchboard-testserver"]),
        .library(
            name: "SocketServer",
            targets: ["SocketServer", "EngineServer", "SocketIO", "EngineIO", "Adapter", "Cluster", "Figures"]),
        .library(name: "HummingbirdSocketIO", targets: ["HummingbirdSocketIO"]),
        .library(name: "RedisAdapter", targets: ["RedisAdapter"]),
        .library(name: "Monitoring", targets: ["Monitoring", "Figures"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.5.0"),
        // No default traits, here and below: the JSON provider would link 34 MB of ICU data into every binary.
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        // Node: cores, and the door to zlib
        .systemLibrary(name: "CZlib", path: "Sources/Node/CZlib", providers: [.apt(["zlib1g-dev"])]),
        module("Deflate", in: "Node", ["CZlib", nioCore]),
        module("HTTPCodec", in: "Node", [nioCore]),
        module("Figures", in: "Node", []),
        module("Entropy", in: "Node", []),
        module("EngineIO", in: "Node", [nioCore]),
        module("SocketIO", in: "Node", ["EngineIO", nioCore]),
        // Adapter: cores, seam, shell
        module("Cluster", in: "Adapter", ["SocketIO", nioCore]),
        module("Matchmaking", in: "Adapter", []),
        module("Adapter", in: "Adapter", ["Cluster", "Matchmaking", "SocketIO", nioCore]),
        .systemLibrary(name: "CHiredis", path: "Sources/Adapter/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        module(
            "RedisAdapter", in: "Adapter",
            [
                "Adapter", "Cluster", "Matchmaking", "SocketIO", "Figures", "CHiredis", nioCore, nioPosix, nioSSL,
                logging, lifecycle,
            ]),
        // What the mains share
        module("Monitoring", in: "Node", ["Figures", coreMetrics, nioCore, lifecycle]),
        module("Launch", in: "Node", [logging, lifecycle, signals, arguments, configuration, system]),
        module("HealthCheck", in: "Node", ["Launch", arguments, nioCore, nioPosix, nioHTTP1, nioSSL]),
        module("RedisSettings", in: "Adapter", ["Launch", "RedisAdapter", arguments]),
        // Node: shells, seam, application
        module(
            "EngineServer", in: "Node",
            [
                "HTTPCodec", "EngineIO", "Deflate", "Entropy", "Figures", nioCore, nioPosix, nioHTTP1, nioTLS, nioSSL,
                logging, lifecycle,
            ]),
        module(
            "SocketServer", in: "Node",
            ["SocketIO", "EngineIO", "Adapter", "Cluster", "Entropy", "Figures", nioCore, logging]),
        module("Listening", in: "Node", ["Launch", "EngineServer", "EngineIO"]),
        module(
            "Meet", in: "Node",
            ["SocketServer", "SocketIO", "EngineIO", "Adapter", "Matchmaking", "Figures", logging, jwt]),
        // Support: the application and the seam of its storage, two stores, its HTTP interface and pages
        module(
            "Support", in: "Node",
            ["SocketServer", "SocketIO", "EngineIO", "Adapter", "Figures", nioCore, logging, jwt]),
        module("SQLiteStore", in: "Node", ["Support", grdb, logging]),
        .systemLibrary(name: "CMariaDB", path: "Sources/Node/CMariaDB", providers: [.apt(["libmariadb-dev"])]),
        module("MariaDBStore", in: "Node", ["Support", "CMariaDB", nioPosix, logging]),
        .systemLibrary(name: "CCrypt", path: "Sources/Node/CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(
            name: "SupportWeb",
            dependencies: [
                "Support", "WebAPI", "EngineServer", "Adapter", "Figures", "CCrypt", nioCore, nioPosix, logging,
                hummingbird, httpTypes,
            ],
            path: "Sources/Node/SupportWeb", resources: [.embedInCode("Pages")], swiftSettings: strict),
        .target(
            name: "WebAPI",
            dependencies: [
                "EngineServer", "Figures", coreMetrics, nioCore, nioHTTP1, logging, hummingbird, httpTypes, crypto,
            ],
            path: "Sources/Node/WebAPI",
            resources: [.embedInCode("Pages")],
            swiftSettings: strict),
        module(
            "HummingbirdSocketIO", in: "Node",
            [
                "EngineServer", "SocketServer", "Cluster", nioCore, nioHTTPTypes, nioHTTPTypesHTTP1, logging,
                hummingbirdCore,
            ]),
        main(
            "switchboard-node", at: "Sources/Node/Main",
            [
                "Launch", "HealthCheck", "Listening", "EngineServer", "SocketServer", "Meet", "WebAPI", "Adapter",
                "RedisAdapter",
                "Support", "SQLiteStore", "MariaDBStore", "SupportWeb",
                "RedisSettings", "Cluster", "Matchmaking", "EngineIO", "Figures", "Monitoring", coreMetrics, nioCore,
                nioPosix, logging, lifecycle, arguments,
            ]),
        // Gateway
        module("Routing", in: "Gateway", []),
        .systemLibrary(name: "CEpoll", path: "Sources/Gateway/CEpoll"),
        module(
            "GatewayServer", in: "Gateway",
            ["HTTPCodec", "Routing", "Figures", "CEpoll", nioCore, nioPosix, nioHTTP1, logging, lifecycle]),
        main(
            "switchboard-gateway", at: "Sources/Gateway/Main",
            [
                "Launch", "HealthCheck", "GatewayServer", "Routing", "RedisAdapter", "RedisSettings", "SocketIO",
                "Figures", "Monitoring", nioCore, nioPosix, logging, lifecycle, arguments,
            ]),
        // Examples
        main(
            "switchboard-example-chat", at: "Examples/Chat",
            ["HummingbirdSocketIO", "SocketServer", "SocketIO", nioPosix, hummingbird]),
        main(
            "switchboard-example-start", at: "Examples/GettingStarted",
            ["HummingbirdSocketIO", "SocketServer", "SocketIO", nioPosix, hummingbird]),
        main(
            "switchboard-example-readme", at: "Examples/Readme",
            ["Adapter", "Cluster", "EngineServer", "SocketIO", "SocketServer", nioPosix, logging]),
        // Tests
        tests("SocketIOTests", ["SocketIO", "EngineIO", nioCore]),
        .target(
            name: "TestSupport", dependencies: ["EngineIO", nioCore, nioPosix], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "ClusterTests", dependencies: ["Cluster", "SocketIO", nioCore], path: "Tests/ClusterTests",
            resources: [.copy("vectors/redis-golden.json")], swiftSettings: strict),
        .target(
            name: "AdapterConformance", dependencies: ["Adapter", "Cluster", "SocketIO", "TestSupport", nioCore],
            path: "Tests/AdapterConformance", swiftSettings: strict),
        tests(
            "AdapterTests",
            ["Adapter", "AdapterConformance", "Cluster", "SocketIO", "TestSupport", nioCore, nioPosix]),
        tests(
            "RedisAdapterTests",
            [
                "RedisAdapter", "AdapterConformance", "Adapter", "Cluster", "SocketIO", "Figures", "TestSupport",
                nioCore, nioPosix, logging, lifecycle,
            ]),
        .target(
            name: "MatchmakerConformance", dependencies: ["Adapter", "Matchmaking"],
            path: "Tests/MatchmakerConformance", swiftSettings: strict),
        tests("MatchmakingTests", ["Matchmaking", "Adapter", "MatchmakerConformance"]),
        tests(
            "RedisMatchmakerTests",
            [
                "RedisAdapter", "Adapter", "Cluster", "Matchmaking", "MatchmakerConformance", "TestSupport", nioCore,
                nioPosix, logging,
            ]),
        main(
            "switchboard-testserver", at: "Tests/TestServer",
            [
                "Launch", "Listening", "EngineServer", "EngineIO", "SocketServer", "SocketIO", "Adapter",
                "RedisAdapter", "RedisSettings", "Cluster", nioCore, nioPosix, nioHTTP1, logging, lifecycle, arguments,
            ]),
        main(
            "switchboard-adapterbench", at: "Tests/AdapterBench",
            [
                "RedisAdapter", "Adapter", "Cluster", "Matchmaking", "SocketIO", nioCore, nioPosix, logging, arguments,
            ]),
        // What the operations of the cores cost, counted: scripts/microbench
        .target(name: "AllocationCounter", path: "Tests/Benchmarks/AllocationCounter"),
        main(
            "switchboard-microbench", at: "Tests/Benchmarks/Cores",
            ["AllocationCounter", "EngineIO", "HTTPCodec", "Deflate", "SocketIO", "Cluster", "Routing", nioCore]),
        tests(
            "SocketServerTests",
            [
                "SocketServer", "SocketIO", "EngineIO", "Adapter", "Cluster", "Figures", "TestSupport", nioCore,
                nioPosix, nioEmbedded, logging,
            ]),
        tests(
            "MeetTests",
            [
                "Meet", "SocketServer", "SocketIO", "EngineIO", "Adapter", "Cluster", "Matchmaking", "Figures",
                "TestSupport", nioCore, nioEmbedded, nioPosix, logging, jwt,
            ]),
        .target(
            name: "StoreConformance", dependencies: ["Support", "Figures"], path: "Tests/StoreConformance",
            swiftSettings: strict),
        tests(
            "StoreTests", ["Support", "SQLiteStore", "MariaDBStore", "StoreConformance", "TestSupport", logging, grdb]),
        tests(
            "SupportTests",
            [
                "Support", "SocketServer", "SocketIO", "EngineIO", "Adapter", "Cluster", "TestSupport", nioCore,
                nioEmbedded, nioPosix, logging, jwt,
            ]),
        tests(
            "SupportWebTests",
            [
                "SupportWeb", "Support", "WebAPI", "EngineServer", "Adapter", nioCore, nioHTTP1, logging, hummingbird,
                httpTypes,
            ]),
        tests("ArchitectureTests", []),
        tests(
            "DocumentationTests",
            [
                "HummingbirdSocketIO", "SocketServer", "EngineServer", "SocketIO", "EngineIO", "Adapter", "Cluster",
                "Matchmaking", "RedisAdapter", nioCore, nioPosix, nioHTTP1, logging, lifecycle, signals, hummingbird,
                hummingbirdCore,
            ]),
        tests("DeflateTests", ["Deflate", nioCore]),
        tests("EntropyTests", ["Entropy"]),
        tests("HTTPCodecTests", ["HTTPCodec", "TestSupport", nioCore]),
        tests("EngineIOTests", ["EngineIO", nioCore]),
        tests(
            "EngineServerTests",
            [
                "TestSupport", "EngineServer", "HTTPCodec", "EngineIO", "Deflate", "Figures", nioCore, nioPosix,
                nioEmbedded, nioHTTP1, nioSSL, logging, lifecycle,
            ]),
        tests(
            "HummingbirdSocketIOTests",
            [
                "HummingbirdSocketIO", "EngineServer", "SocketServer", "TestSupport", nioCore, nioPosix, nioHTTP1,
                nioSSL, logging, lifecycle, hummingbird, hummingbirdCore, hummingbirdTLS,
            ]),
        tests("FiguresTests", ["Figures"]),
        tests("MonitoringTests", ["Monitoring", "Figures", coreMetrics, nioCore, nioPosix]),
        tests("WebAPITests", ["WebAPI", "EngineServer", "Figures", nioCore, nioHTTP1, logging]),
        tests("RoutingTests", ["Routing"]),
        tests(
            "FuzzTests",
            [
                "EngineServer", "HTTPCodec", "EngineIO", "Deflate", "SocketIO", "Cluster", "RedisAdapter", "Routing",
                nioCore, nioEmbedded, nioHTTP1, logging,
            ]),
        tests(
            "GatewayServerTests",
            ["GatewayServer", "Routing", "TestSupport", nioCore, nioPosix, nioHTTP1, nioEmbedded, logging, lifecycle]),
        tests("LaunchTests", ["Launch", logging, lifecycle, configuration, arguments]),
        tests("HealthCheckTests", ["HealthCheck", "Launch", "TestSupport", nioCore, nioPosix]),
    ],
    swiftLanguageModes: [.v6]
)
