import MatchmakerConformance
import TestSupport
import Testing

@Suite struct ConformanceTests {
    @Test("conforms on three nodes", arguments: MatchmakerCheck.all) func conforms(check: MatchmakerCheck) async throws
    {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server) { _, cluster in try await check.run(cluster) }
    }

    @Test("conforms on three nodes with a grace", arguments: MatchmakerCheck.withGrace)
    func conformsWithGrace(check: MatchmakerCheck) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withNodes(on: server, policy: .grace(.seconds(60))) { _, cluster in try await check.run(cluster) }
    }
}
