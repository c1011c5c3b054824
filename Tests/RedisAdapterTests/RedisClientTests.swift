import Adapter
import Logging
import NIOCore
import NIOPosix
import RedisAdapter
import TestSupport
import Testing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A client that runs as long as a test body.
func withClient(
    _ url: String, patience: Duration = .seconds(10), configure: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (RedisClient) async throws -> Void
) async throws {
    var configuration = try RedisConfiguration(url: url)
    configure(&configuration)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let client = RedisClient(configuration: configuration, loop: loop, logger: quiet)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        try await client.waitUntilConnected(within: patience)
        try await body(client)
        group.cancelAll()
    }
}

@Suite struct RedisClientTests {
    @Test("commands are answered in order, whatever bytes they carry")
    func commands() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let odd = ByteBuffer(bytes: [0, 13, 10, 255, 36])
            let replies = [
                try await redis.command(["SET", "k", .bytes(odd)]), try await redis.command(["GET", "k"]),
                try await redis.command(["GET", "missing"]),
            ]
            #expect(replies == [.status("OK"), .bytes(odd), .null])
            let answers = Recorder<Int64?>()
            for _ in 0..<1000 { redis.command(["INCR", "n"]) { answers.record(try? $0.get().integer) } }
            #expect(await eventually { answers.all.count == 1000 })
            #expect(answers.all == (1...1000).map { Int64($0) })
        }
    }

    @Test("an error of Redis is reported as refused")
    func refusal() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let error = await #expect(throws: RedisError.self) { _ = try await redis.command(["NOSUCH"]) }
            #expect("\(String(describing: error))".contains("unknown command"))
            let after = try await redis.command(["PING"])
            #expect(after == .status("PONG"))
        }
    }

    @Test("an ended subscription gets nothing more, the others go on")
    func unsubscribe() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { redis in
            let received = Recorder<String>()
            for channel in ["a", "b"] {
                redis.subscribe(channel) { channel, _ in received.record(String(buffer: channel)) }
            }
            redis.patternSubscribe("c*") { channel, _ in received.record(String(buffer: channel)) }
            redis.unsubscribe("a")
            redis.unsubscribe("c*")
            #expect(await eventually { await RedisBus(redis).subscriberCount("b") == 1 })
            #expect(await eventually { await RedisBus(redis).subscriberCount("a") == 0 })
            for channel in ["a", "c1", "b"] { redis.publish(channel, ByteBuffer()) }
            #expect(await eventually { received.all.last == "b" })
            #expect(received.all == ["b"])
        }
    }
}
