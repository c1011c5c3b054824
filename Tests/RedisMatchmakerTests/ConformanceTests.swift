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
}
