import Cluster
import Figures
import RedisAdapter
import TestSupport
import Testing

@Suite struct RedisWatchTests {
    @Test("the delay of publications is measured end to end while Redis is there; when it is lost, that is counted")
    func watch() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let tag = try #require(NodeTag("node_1"))
        try await withClient(server.url) { redis in
            let watch = RedisWatch(redis, tag: tag, interval: .milliseconds(20))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await watch.run() }
                #expect(await eventually { watch.metrics.delays.count >= 3 })
                #expect(watch.metrics.state == .connected && watch.metrics.delays.sum > 0)
                #expect(watch.metrics.losses == 0)
                server.stop()
                #expect(await eventually { watch.metrics.state == .disconnected && watch.metrics.losses == 1 })
                try await server.restart()
                let before = watch.metrics.delays.count
                #expect(await eventually { watch.metrics.delays.count > before })
                #expect(watch.metrics.state == .connected)
                tasks.cancelAll()
            }
        }
    }
}
