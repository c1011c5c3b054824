// swift-tools-version: 6.2
import PackageDescription

// Fuzzing of what reads bytes of strangers. A package of its own, because libFuzzer brings its own `main` and needs
// unsafe flags; the modules under test and the targets are links to their sources. `./run` builds and runs.

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let sanitizers = "-sanitize=fuzzer,address"
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Also for the modules under test: libFuzzer steers by the branches that they take.
    .unsafeFlags([sanitizers]),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        module("HTTPCodec", [nioCore]),
        module("Figures", []),
        module("Entropy", []),
        module("EngineIO", [nioCore]),
        module("SocketIO", ["EngineIO", nioCore]),
        module("Cluster", ["SocketIO", nioCore]),
        module("Matchmaking", []),
        module("Adapter", ["Cluster", "Matchmaking", "SocketIO", nioCore]),
        .systemLibrary(name: "CHiredis"),
        module(
            "RedisAdapter",
            [
                "Adapter", "Cluster", "Matchmaking", "SocketIO", "Figures", "CHiredis", nioCore, nioPosix, nioSSL,
                logging, lifecycle,
            ]),
        module("Routing", []),
        .systemLibrary(name: "CZlib"),
        module("Deflate", ["CZlib", nioCore]),
        module(
            "EngineServer",
            [
                "HTTPCodec", "EngineIO", "Deflate", "Entropy", "Figures", nioCore, nioPosix, nioHTTP1, nioTLS, nioSSL,
                logging, lifecycle,
            ]),
        module(
            "FuzzTargets",
            [
                "EngineServer", "HTTPCodec", "EngineIO", "Deflate", "SocketIO", "Cluster", "RedisAdapter", "Routing",
                nioCore, nioEmbedded, nioHTTP1, logging,
            ]),
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets", nioCore],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags([sanitizers])]),
    ],
    swiftLanguageModes: [.v6]
)
