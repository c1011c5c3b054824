import Adapter
import NIOCore
import RedisAdapter
import TestSupport
import Testing

/// Nodes with an online count each, and the totals that were reported.
private struct Counting {
    var node: TestNode
    var count: RedisOnlineCount
    var totals = Recorder<Int>()

    init(_ url: String, tag: String) async throws {
        node = try TestNode(url, tag: tag)
        count = RedisOnlineCount(redis: node.redis, membership: node.membership, logger: quiet)
        count.start { [totals] in totals.record($0) }
        try await node.start()
    }

    func shows(_ total: Int) async -> Bool {
        await eventually { count.current == total && (totals.all.last ?? 0) == total }
    }
}

@Suite struct RedisOnlineCountTests {
    @Test("every node knows the total, its own changes at once (applications, A.8)")
    func total() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try await Counting(server.url, tag: "AAAAAA")
        let two = try await Counting(server.url, tag: "BBBBBB")
        one.count.add(1)
        #expect(one.count.current >= 1)
        for _ in 0..<100 { two.count.add(1) }
        #expect(await one.shows(101))
        #expect(await two.shows(101))
        for _ in 0..<100 { two.count.add(-1) }
        #expect(await one.shows(1))
        #expect(await two.shows(1))
    }

    @Test("bursts are written once per interval")
    func coalesced() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try await Counting(server.url, tag: "AAAAAA")
        for _ in 0..<10_000 { one.count.add(1) }
        #expect(await one.shows(10_000))
        let version = try await one.node.redis.command(["HGET", "{switchboard}:online:meet", "version"]).integer
        #expect(try #require(version) < 100)
    }

    @Test("the number of a lost node is dropped")
    func nodeLoss() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try await Counting(server.url, tag: "AAAAAA")
        let two = try await Counting(server.url, tag: "BBBBBB")
        one.count.add(3)
        two.count.add(5)
        #expect(await one.shows(8))
        two.node.kill()
        #expect(await one.shows(3))
    }

    @Test("after Redis came back empty, all numbers are there again")
    func redisRestart() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try await Counting(server.url, tag: "AAAAAA")
        let two = try await Counting(server.url, tag: "BBBBBB")
        one.count.add(3)
        two.count.add(5)
        #expect(await one.shows(8))
        server.stop()
        one.count.add(1)
        two.count.add(-2)
        try await server.restart()
        #expect(await one.shows(7))
        #expect(await two.shows(7))
    }

    @Test("malformed publications change nothing")
    func malformed() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try await Counting(server.url, tag: "AAAAAA")
        one.count.add(2)
        #expect(await one.shows(2))
        for text in ["", "9999999999 x", "x y z", "9 BBBBBB -4"] {
            one.node.redis.publish("switchboard-online#meet", ByteBuffer(string: text))
        }
        one.node.redis.publish("switchboard-online#meet", ByteBuffer(repeating: 0xFF, count: 1 << 20))
        one.count.add(1)
        #expect(await one.shows(3))
    }
}
