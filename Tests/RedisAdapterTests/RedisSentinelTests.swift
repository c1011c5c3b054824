import NIOCore
import RedisAdapter
import TestSupport
import Testing

@Suite(.serialized) struct RedisSentinelTests {
    @Test("the master is found, and found again when it was killed; what was kept arrives once")
    func failover() async throws {
        let servers = try await RedisSentinels.start()
        defer { servers.stop() }
        let quick: (inout RedisConfiguration) -> Void = {
            $0.timing.ping = .milliseconds(50)
            $0.timing.unresponsive = .seconds(2)
        }
        try await withClient(servers.url, configure: quick) { redis in
            try await withClient(servers.url, configure: quick) { other in
                let received = Recorder<String>()
                other.subscribe("c") { _, payload in received.record(String(buffer: payload)) }
                _ = try await redis.command(["SET", "k", "v"])
                let old = try #require(servers.master)
                #expect(old.cli("WAIT", "2", "1000") == "2")
                old.stop()
                #expect(await eventually { (try? await redis.command(["PING"])) == nil })
                for number in 0..<10 { redis.publish("c", ByteBuffer(string: "\(number)")) }
                #expect(
                    await eventually(within: .seconds(20)) { (try? await redis.command(["GET", "k"]).text) == "v" })
                #expect(await eventually { received.all == (0..<10).map { "\($0)" } })
                #expect(servers.master?.port != old.port)
            }
        }
    }

    @Test("a master that only hangs is left as soon as the sentinels name another")
    func frozen() async throws {
        let servers = try await RedisSentinels.start()
        defer { servers.stop() }
        // So patient that only the sentinels' word can be what ends the connections.
        let patient: (inout RedisConfiguration) -> Void = { $0.timing.dead = .seconds(600) }
        try await withClient(servers.url, configure: patient) { redis in
            _ = try await redis.command(["SET", "k", "v"])
            let old = try #require(servers.master)
            #expect(old.cli("WAIT", "2", "1000") == "2")
            // The client listens to a sentinel before the news come.
            #expect(
                await eventually { servers.sentinels.contains { $0.cli("CLIENT", "LIST").contains("sub=1") } })
            old.pause()
            defer { old.resume() }
            #expect(await eventually(within: .seconds(20)) { (try? await redis.command(["GET", "k"]).text) == "v" })
        }
    }

    @Test("a sentinel that knows no such master, and one that is away, leave the client disconnected")
    func unknown() async throws {
        let servers = try await RedisSentinels.start()
        defer { servers.stop() }
        let url = servers.url.replacing("/main/", with: "/other/")
        await #expect(throws: RedisError.unavailable) {
            try await withClient(url, patience: .milliseconds(500)) { _ in }
        }
    }
}
