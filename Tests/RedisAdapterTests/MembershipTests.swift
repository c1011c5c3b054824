import Cluster
import Dispatch
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import RedisAdapter

/// Fast enough for tests, slow enough for a busy machine.
let quick: MembershipConfiguration = {
    var configuration = MembershipConfiguration()
    configuration.heartbeat = .milliseconds(100)
    configuration.lease = .seconds(2)
    return configuration
}()

/// A node reduced to its client and its membership. Ending it with `kill` leaves everything as it is, like kill -9.
final class TestNode: Sendable {
    let redis: RedisClient
    let membership: NodeMembership
    private let task = Mutex<[Task<Void, Never>]>([])

    init(
        _ url: String, tag: String, configuration: MembershipConfiguration = quick,
        loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
    ) throws {
        redis = RedisClient(configuration: try RedisConfiguration(url: url), loop: loop, logger: quiet)
        membership = NodeMembership(
            redis: redis, tag: try #require(NodeTag(tag)), configuration: configuration, logger: quiet,
            information: { "node \(tag)" })
    }

    /// Connects and takes the lease.
    func start() async throws {
        // Tasks of their own: a node of a test ends when the test says so, not when a scope does.
        task.withLock { [redis, membership] tasks in
            tasks = [Task { try? await redis.run() }, Task { try? await membership.run() }]
        }
        try await redis.waitUntilConnected(within: .seconds(10))
        try await membership.waitUntilJoined(within: .seconds(10))
    }

    /// Tags that somebody has to clean up after.
    var lapsed: [RedisReply]? {
        get async { try? await redis.command(["SMEMBERS", "{switchboard}:lapsed"]).array }
    }

    /// Ends it without a word.
    func kill() {
        task.withLock { tasks in
            for task in tasks { task.cancel() }
            tasks = []
        }
    }

    deinit { kill() }
}

@Suite struct MembershipTests {
    @Test("nodes see each other, with what each tells about itself")
    func discovery() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try TestNode(server.url, tag: "AAAAAA")
        let two = try TestNode(server.url, tag: "BBBBBB")
        try await one.start()
        try await two.start()
        let both = [one.membership.tag: "node AAAAAA", two.membership.tag: "node BBBBBB"]
        #expect(await eventually { one.membership.liveNodes == both && two.membership.liveNodes == both })
        #expect(one.membership.holdsLease)
    }

    @Test("every survivor cleans up after a killed node, and is told that it is lost")
    func killed() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let nodes = try ["AAAAAA", "BBBBBB", "CCCCCC"].map { try TestNode(server.url, tag: $0) }
        let lost = Recorder<String>()
        let cleaned = Recorder<String>()
        for node in nodes {
            node.membership.onNodeLost { lost.record("\(node.membership.tag) lost \($0)") }
            node.membership.registerCleanUp { tag, done in
                cleaned.record("\(tag)")
                done(true)
            }
            try await node.start()
        }
        #expect(await eventually { nodes.allSatisfy { $0.membership.liveNodes.count == 3 } })
        nodes[2].kill()
        #expect(await eventually { lost.all.sorted() == ["AAAAAA lost CCCCCC", "BBBBBB lost CCCCCC"] })
        #expect(await eventually { cleaned.all.contains("CCCCCC") })
        #expect(Set(cleaned.all) == ["CCCCCC"])
        #expect(await eventually { await nodes[0].lapsed == [] })
    }

    @Test("a clean-up that failed is tried again")
    func cleanUpFails() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try TestNode(server.url, tag: "AAAAAA")
        let two = try TestNode(server.url, tag: "BBBBBB")
        let attempts = Recorder<NodeTag>()
        one.membership.registerCleanUp { tag, done in
            attempts.record(tag)
            done(attempts.all.count >= 3)
        }
        try await one.start()
        try await two.start()
        two.kill()
        #expect(await eventually { attempts.all.count == 3 })
        #expect(await eventually { await one.lapsed == [] })
    }

    @Test("a node that comes back after its lease was over registers again, with nothing left of it")
    func lapsed() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let one = try TestNode(server.url, tag: "AAAAAA")
        let events = Recorder<String>()
        one.membership.registerCleanUp { tag, done in
            events.record("clean \(tag)")
            done(true)
        }
        one.membership.onLapsed { events.record("lapsed") }
        try await one.start()
        _ = try await one.redis.command(["FLUSHALL"])
        #expect(await eventually { events.all == ["clean AAAAAA", "lapsed"] })
        #expect(await eventually { one.membership.holdsLease && one.membership.isLive(one.membership.tag) })
    }

    @Test("time in which Redis stood still ends no lease")
    func frozenRedis() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let nodes = try ["AAAAAA", "BBBBBB"].map { try TestNode(server.url, tag: $0) }
        let events = Recorder<String>()
        for node in nodes {
            node.membership.onNodeLost { events.record("lost \($0)") }
            node.membership.onLapsed { events.record("lapsed") }
            try await node.start()
        }
        #expect(await eventually { nodes.allSatisfy { $0.membership.liveNodes.count == 2 } })
        server.pause()
        #expect(await eventually { nodes.allSatisfy { !$0.membership.holdsLease } })
        server.resume()
        #expect(await eventually { nodes.allSatisfy { $0.membership.holdsLease } })
        #expect(nodes.allSatisfy { $0.membership.liveNodes.count == 2 })
        #expect(events.all == [])
    }

    @Test("a node that leaves in good order gives its lease back at once, cleaned up after")
    func leaving() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        var slow = MembershipConfiguration()
        slow.lease = .seconds(60)
        let staying = try TestNode(server.url, tag: "AAAAAA")
        let leaving = try TestNode(server.url, tag: "BBBBBB", configuration: slow)
        let (lost, cleaned) = (Recorder<NodeTag>(), Recorder<NodeTag>())
        staying.membership.onNodeLost { lost.record($0) }
        leaving.membership.registerCleanUp { tag, done in
            cleaned.record(tag)
            done(true)
        }
        try await staying.start()
        let services = ServiceGroup(services: [leaving.redis, leaving.membership], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await leaving.membership.waitUntilJoined(within: .seconds(10))
            #expect(await eventually { staying.membership.isLive(leaving.membership.tag) })
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(cleaned.all == [leaving.membership.tag])
        #expect(!leaving.membership.holdsLease)
        #expect(await eventually { lost.all == [leaving.membership.tag] })
        #expect(await staying.lapsed == [])
    }

    @Test("a node whose lease ran out while it was away is cleaned up after by the others, then comes back")
    func zombie() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let survivor = try TestNode(server.url, tag: "AAAAAA")
        let zombie = try TestNode(server.url, tag: "BBBBBB")
        let events = Recorder<String>()
        for node in [survivor, zombie] {
            node.membership.registerCleanUp { tag, done in
                events.record("\(node.membership.tag) cleans \(tag)")
                done(true)
            }
            node.membership.onLapsed { events.record("\(node.membership.tag) is back") }
        }
        try await survivor.start()
        try await zombie.start()
        #expect(await eventually { survivor.membership.isLive(zombie.membership.tag) })
        // What the survivor's heartbeat does when the other's time is over.
        let lapse = RedisScript(
            name: "lapse",
            source: "redis.call('ZREM', KEYS[1], ARGV[1]) return redis.call('SADD', KEYS[2], ARGV[1])")
        _ = try await survivor.redis.run(
            lapse, keys: [survivor.membership.leaseKey, "{switchboard}:lapsed"], arguments: ["BBBBBB"])
        #expect(await eventually { events.all.last == "BBBBBB is back" })
        #expect(events.all.contains("BBBBBB cleans BBBBBB"))
        #expect(events.all.filter { $0 == "BBBBBB is back" }.count == 1)
        #expect(await eventually { survivor.membership.isLive(zombie.membership.tag) })
    }

    @Test("a node that has left does not come back by itself")
    func left() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let (staying, leaving) = (try TestNode(server.url, tag: "AAAAAA"), try TestNode(server.url, tag: "BBBBBB"))
        let (cleaned, lost) = (Recorder<NodeTag>(), Recorder<NodeTag>())
        leaving.membership.registerCleanUp { tag, done in
            cleaned.record(tag)
            done(true)
        }
        staying.membership.onNodeLost { lost.record($0) }
        try await staying.start()
        try await leaving.start()
        #expect(await eventually { staying.membership.isLive(leaving.membership.tag) })
        await leaving.membership.leave()
        await leaving.membership.leave()
        #expect(cleaned.all == [leaving.membership.tag])
        #expect(await eventually { lost.all == [leaving.membership.tag] })
        // Five heartbeats later that is still so.
        let lastBeat: @Sendable () async -> Int? = {
            try? await staying.redis.command(["GET", "{switchboard}:beat"]).text.flatMap { Int($0) }
        }
        let beat = try #require(await lastBeat())
        #expect(await eventually { await lastBeat() ?? 0 > beat + 500 })
        #expect(!leaving.membership.holdsLease)
        #expect(!staying.membership.isLive(leaving.membership.tag))
    }

    @Test("a node that stood still until its lease was over gives its sessions up before it comes back")
    func standstill() async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let survivor = try TestNode(server.url, tag: "AAAAAA")
        let zombie = try TestNode(server.url, tag: "BBBBBB", loop: group.next())
        let (events, survivorEvents) = (Recorder<String>(), Recorder<String>())
        zombie.membership.onStandstill { events.record("given up") }
        zombie.membership.onLapsed { events.record("back") }
        survivor.membership.onStandstill { survivorEvents.record("given up") }
        try await survivor.start()
        try await zombie.start()
        #expect(await eventually { survivor.membership.isLive(zombie.membership.tag) })
        let thaw = DispatchSemaphore(value: 0)
        zombie.redis.loop.execute { _ = thaw.wait(timeout: .now() + 20) }
        #expect(await eventually { !survivor.membership.isLive(zombie.membership.tag) })
        thaw.signal()
        #expect(await eventually { events.all == ["given up", "back"] })
        #expect(await eventually { survivor.membership.isLive(zombie.membership.tag) })
        // Redis that is emptied later is no reason to give anybody up.
        _ = try await survivor.redis.command(["FLUSHALL"])
        #expect(await eventually { events.all == ["given up", "back", "back"] })
        #expect(survivorEvents.all == [])
        zombie.kill()
        try await group.shutdownGracefully()
    }

    @Test("only a pause that is much longer than a heartbeat, and after the lease was last seen, is a standstill")
    func standstillValue() {
        var standstill = Standstill()
        let start = NIODeadline.now()
        for beat in 0..<5 { standstill.beat(at: start + .seconds(Int64(beat)), longest: .seconds(2)) }
        #expect(!standstill.isOpen)
        standstill.beat(at: start + .seconds(6), longest: .seconds(2))
        #expect(standstill.isOpen)
        standstill.leaseHeld(at: start + .seconds(5))
        #expect(standstill.isOpen)
        standstill.leaseHeld(at: start + .seconds(7))
        #expect(!standstill.isOpen)
    }

    @Test("a lease is looked at again just when it would be over, not only at the next heartbeat")
    func detectionTime() throws {
        let reply = RedisReply.array([
            .integer(1), .array([]),
            .array([
                .bytes(ByteBuffer(string: "AAAAAA")), .integer(4000), .bytes(ByteBuffer()),
                .bytes(ByteBuffer(string: "BBBBBB")), .integer(250), .bytes(ByteBuffer(string: "b")),
                .bytes(ByteBuffer(string: "not a tag")), .integer(1), .bytes(ByteBuffer()),
            ]),
        ])
        let heartbeat = try #require(HeartbeatReply(reply))
        let own = try #require(NodeTag("AAAAAA"))
        #expect(heartbeat.living.map(\.tag.text) == ["AAAAAA", "BBBBBB"])
        #expect(heartbeat.nextBeat(own: own, heartbeat: .seconds(1)) == .milliseconds(255))
        #expect(heartbeat.nextBeat(own: own, heartbeat: .milliseconds(100)) == .milliseconds(100))
        #expect(HeartbeatReply(.array([.integer(1)])) == nil)
        #expect(HeartbeatReply(.status("OK")) == nil)
    }

    @Test("a configuration that cannot work is refused")
    func validation() {
        let spoilers: [@Sendable (inout MembershipConfiguration) -> Void] = [
            { $0.heartbeat = .zero }, { $0.lease = $0.heartbeat }, { $0.keys = KeySpace(prefix: "") },
            { $0.keys = KeySpace(prefix: "a{b}") },
        ]
        for spoil in spoilers {
            var bad = MembershipConfiguration()
            spoil(&bad)
            #expect(throws: RedisError.self) { try bad.validate() }
        }
        #expect(throws: Never.self) { try MembershipConfiguration().validate() }
    }
}
