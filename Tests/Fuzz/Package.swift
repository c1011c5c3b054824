// swift-tools-version: 6.2
import PackageDescription

// Fuzzing of what reads bytes of strangers. A package of its own, because libFuzzer brings its own `main` and needs
// unsafe flags; the modules under test are links to their sources. `./run` builds and runs.

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let sanitizers = "-sanitize=fuzzer,address"
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Also for the modules under test: libFuzzer steers by the branches that they take.
    .unsafeFlags([sanitizers]),
]

func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["SocketIO", "EngineIO", nioCore],
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
        linkerSettings: [.unsafeFlags([sanitizers])])
}

let package = Package(
    name: "fuzz",
    dependencies: [.package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0")],
    targets: [
        .target(name: "EngineIO", dependencies: [nioCore], swiftSettings: settings),
        .target(name: "SocketIO", dependencies: ["EngineIO", nioCore], swiftSettings: settings),
        fuzzer("FuzzPacketDecoder"),
        fuzzer("FuzzMessagePack"),
        fuzzer("FuzzProxyHeader"),
    ],
    swiftLanguageModes: [.v6]
)
