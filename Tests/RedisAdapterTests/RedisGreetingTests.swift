import Logging
import NIOCore
import NIOPosix
import RedisAdapter
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct RedisGreetingTests {
    @Test("user, password, database and name are said on each connection")
    func greeting() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient(server.url) { admin in
            _ = try await admin.command(["ACL", "SETUSER", "me", "on", ">p@ss", "~*", "&*", "+@all"])
            try await withClient("redis://me:p%40ss@127.0.0.1:\(server.port)/3") { redis in
                _ = try await redis.command(["SET", "k", "v"])
                redis.subscribe("c") { _, _ in }
                let clients = try await redis.command(["CLIENT", "LIST"]).text ?? ""
                let mine = clients.split(separator: "\n").filter { $0.contains("user=me") }
                #expect(mine.contains { $0.contains("name=switchboard-commands") && $0.contains("db=3") })
                #expect(mine.contains { $0.contains("name=switchboard-subscriptions") })
            }
            let value = try await admin.command(["GET", "k"])
            #expect(value == .null)
        }
    }

    @Test("a wrong password keeps the client disconnected")
    func wrongPassword() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let configuration = try RedisConfiguration(url: "redis://nobody:wrong@127.0.0.1:\(server.port)")
        let client = RedisClient(
            configuration: configuration, loop: MultiThreadedEventLoopGroup.singleton.next(), logger: quiet)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let error = await #expect(throws: RedisError.self) {
                try await client.waitUntilConnected(within: .milliseconds(300))
            }
            #expect(error == .unavailable)
            group.cancelAll()
        }
    }

    @Test("a Unix domain socket works too")
    func unixSocket() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        try await withClient("unix://\(server.unixSocketPath)") { redis in
            let reply = try await redis.command(["PING"])
            #expect(reply == .status("PONG"))
        }
    }

    @Test("a graceful shutdown carries out what was given before, then returns")
    func shutdown() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let client = RedisClient(
            configuration: try RedisConfiguration(url: server.url),
            loop: MultiThreadedEventLoopGroup.singleton.next(), logger: quiet)
        let services = ServiceGroup(services: [client], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await client.waitUntilConnected(within: .seconds(10))
            for _ in 0..<100 { client.command(["INCR", "n"]) { _ in } }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        try await withClient(server.url) { redis in
            let count = try await redis.command(["GET", "n"])
            #expect(count.text == "100")
        }
    }
}
