import Logging
import NIOCore
import NIOPosix
import Routing
import ServiceLifecycle
import Testing

@testable import GatewayServer

/// A gateway before fake nodes, all in this process.
struct Cluster: Sendable {
    let nodes: [FakeNode]
    let ports: [Int]
    /// Port of the gateway's listener `meet`.
    let port: Int
    let adminPort: Int
    private let group: ServiceGroup

    /// Runs a gateway before nodes with the tags `NODE-0`, `NODE-1`…
    static func run(
        _ count: Int, _ change: (inout GatewayConfiguration) -> Void = { _ in },
        then body: @Sendable @escaping (Cluster) async throws -> Void
    ) async throws {
        let nodes = (0..<count).map { FakeNode("NODE-\($0)") }
        var ports: [Int] = []
        for node in nodes { ports.append(try await node.start()) }
        var configuration = GatewayConfiguration(
            listeners: [.init(name: "meet", host: "127.0.0.1", port: 0)],
            admin: .init(name: "admin", host: "127.0.0.1", port: 0))
        configuration.probes.interval = .milliseconds(20)
        configuration.drain = .milliseconds(200)
        change(&configuration)
        let addresses = ports.compactMap { NodeAddress([Endpoint(listener: "meet", host: "127.0.0.1", port: $0)]) }
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try GatewayServer(
            configuration: configuration, sources: [StaticNodes(addresses)], group: loops, logger: logger)
        let bound = try await server.bind()
        let cluster = Cluster(
            nodes: nodes, ports: ports, port: bound[0].address.port ?? 0, adminPort: bound[1].address.port ?? 0,
            group: ServiceGroup(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await cluster.group.run() }
            try await body(cluster)
            await cluster.shutDown()
            try await tasks.waitForAll()
        }
        for node in nodes { await node.kill() }
        try await loops.shutdownGracefully()
    }

    /// For nodes that are given so much to do that they answer probes late, and would be taken for dead.
    static func patient(_ configuration: inout GatewayConfiguration) {
        configuration.probes.timeout = .seconds(5)
    }

    func shutDown() async {
        await group.triggerGracefulShutdown()
    }

    func client(reads: Bool = true) async throws -> TestClient {
        try await TestClient(port: port, reads: reads)
    }

    /// Asks on a connection of its own.
    func request(_ line: String, headers: String = "", body: String = "") async throws -> TestClient.Answer {
        let client = try await client()
        let answer = try await client.request(line, headers: headers, body: body)
        await client.close()
        return answer
    }

    /// Asks the admin listener.
    func admin(_ path: String) async throws -> TestClient.Answer {
        let client = try await TestClient(port: adminPort)
        let answer = try await client.request("GET \(path)")
        await client.close()
        return answer
    }

    /// Waits until the gateway shows something of its nodes.
    func waits(for text: String) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !admin("/nodes").body.contains(text) {
            try #require(ContinuousClock.now < deadline, "the gateway never showed '\(text)'")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// Waits until a number stands still.
func settled(_ number: () -> Int) async throws -> Int {
    var last = -1
    var unchanged = 0
    while unchanged < 15 {
        try await Task.sleep(for: .milliseconds(20))
        let now = number()
        unchanged = now == last ? unchanged + 1 : 0
        last = now
    }
    return last
}
