import NIOCore
import RedisAdapter
import TestSupport
import Testing

@Suite(.serialized) struct RedisClusterTests {
    @Test("commands and scripts reach the owner of their keys, publications everybody")
    func routing() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        try await withClient(cluster.url) { redis in
            for number in 0..<100 { _ = try await redis.command(["SET", "k\(number)", .integer(number)]) }
            #expect(cluster.servers.allSatisfy { (Int($0.cli("DBSIZE")) ?? 0) > 10 })
            let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
            redis.register(script)
            for number in 0..<100 {
                let sum = try await redis.run(script, keys: ["k\(number)"], arguments: [1]).integer
                #expect(sum == Int64(number + 1))
            }
            for server in cluster.servers { server.cli("SCRIPT", "FLUSH") }
            let again = try await redis.run(script, keys: ["k7"], arguments: [1]).integer
            #expect(again == 9)
            try await withClient(cluster.url) { other in
                let received = Recorder<String>()
                other.subscribe("c") { _, payload in received.record(String(buffer: payload)) }
                redis.subscribe("c") { _, _ in }
                #expect(await eventually { await redis.subscriberCounts(["c"]) == [2] })
                for number in 0..<100 { redis.publish("c", ByteBuffer(string: "\(number)")) }
                #expect(await eventually { received.all.count == 100 })
                #expect(received.all == (0..<100).map { "\($0)" })
            }
        }
    }

    @Test("commands follow a slot that has moved, in order")
    func moved() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        try await withClient(cluster.url) { redis in
            for round in 0..<5 {
                let key = "list\(round)"
                let owner = try #require(cluster.owner(of: key))
                _ = try await redis.command(["EXISTS", .text(key)])
                let target = try #require(cluster.servers.first { $0.port != owner.port })
                cluster.move(slotOf: key, from: owner, to: target)
                let lengths = Recorder<Int64?>()
                for number in 0..<300 {
                    redis.command(["RPUSH", .text(key), .integer(number)]) { lengths.record(try? $0.get().integer) }
                }
                #expect(await eventually { lengths.all.count == 300 })
                let list = try await redis.command(["LRANGE", .text(key), 0, -1]).array?.map(\.text)
                #expect(list == (0..<300).map { "\($0)" })
            }
        }
    }

    @Test("a key on its way to another server is asked for there")
    func asked() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        try await withClient(cluster.url) { redis in
            let owner = try #require(cluster.owner(of: "{a}"))
            let target = try #require(cluster.servers.first { $0.port != owner.port })
            _ = try await redis.command(["SET", "{a}stays", "old"])
            let slot = owner.cli("CLUSTER", "KEYSLOT", "{a}")
            target.cli("CLUSTER", "SETSLOT", slot, "IMPORTING", owner.cli("CLUSTER", "MYID"))
            owner.cli("CLUSTER", "SETSLOT", slot, "MIGRATING", target.cli("CLUSTER", "MYID"))
            _ = try await redis.command(["SET", "{a}goes", "new"])
            let values = [
                try await redis.command(["GET", "{a}stays"]).text, try await redis.command(["GET", "{a}goes"]).text,
            ]
            #expect(values == ["old", "new"])
            let error = await #expect(throws: RedisError.self) {
                _ = try await redis.command(["MGET", "{a}stays", "{a}goes"])
            }
            #expect("\(String(describing: error))".contains("TRYAGAIN"), "tried again a few times, then told")
        }
    }

    @Test("a master is killed: its replica takes over, publications go on by the others meanwhile")
    func failover() async throws {
        let cluster = try await RedisCluster.start(replicas: 1)
        defer { cluster.stop() }
        try await withClient(cluster.url) { redis in
            try await withClient(cluster.url) { other in
                let received = Recorder<Int>()
                other.subscribe("c") { _, payload in received.record(Int(String(buffer: payload)) ?? -1) }
                _ = try await redis.command(["SET", "k", "v"])
                let owner = try #require(cluster.owner(of: "k"))
                #expect(owner.cli("WAIT", "1", "1000") == "1")
                owner.stop()
                #expect(
                    await eventually(within: .seconds(20)) { (try? await redis.command(["GET", "k"]).text) == "v" })
                let sent = Recorder<Int>()
                let arrived = await eventually {
                    sent.record(sent.all.count)
                    redis.publish("c", ByteBuffer(string: "\(sent.all.count)"))
                    return !received.all.isEmpty
                }
                #expect(arrived)
                #expect(received.all == received.all.sorted() && Set(received.all).count == received.all.count)
            }
        }
    }

    @Test("shard channels are subscribed at the owners of their slots, and follow a slot that moves")
    func shardChannels() async throws {
        let cluster = try await RedisCluster.start()
        defer { cluster.stop() }
        let channels = (0..<20).map { "room\($0)" }
        try await withClient(cluster.url) { redis in
            let received = Recorder<String>()
            for channel in channels {
                redis.subscribe(shard: channel) { received.record("\(String(buffer: $0)) \(String(buffer: $1))") }
            }
            func publish(_ text: String) {
                for channel in channels { redis.publish(shard: channel, ByteBuffer(string: text)) }
            }
            let all: @Sendable () async -> Bool = {
                await redis.subscriberCounts(shard: channels) == channels.map { _ in 1 }
            }
            #expect(await eventually(all))
            publish("one")
            #expect(await eventually { received.all.count == 20 })
            for channel in channels.prefix(4) {
                let owner = try #require(cluster.owner(of: channel))
                let target = try #require(cluster.servers.first { $0.port != owner.port })
                cluster.move(slotOf: channel, from: owner, to: target)
            }
            #expect(await eventually(all))
            publish("two")
            #expect(await eventually { received.all.count == 40 })
            #expect(Set(received.all).count == 40)
            for channel in channels { redis.unsubscribe(shard: channel) }
            #expect(await eventually { await redis.subscriberCounts(shard: channels)?.reduce(0, +) == 0 })
        }
    }

    @Test("a master is killed: its shard channels are subscribed at the replica, and what was kept arrives there")
    func shardFailover() async throws {
        let cluster = try await RedisCluster.start(replicas: 1)
        defer { cluster.stop() }
        try await withClient(cluster.url) { redis in
            try await withClient(cluster.url) { other in
                let received = Recorder<String>()
                other.subscribe(shard: "c") { _, payload in received.record(String(buffer: payload)) }
                #expect(await eventually { await redis.subscriberCounts(shard: ["c"]) == [1] })
                let states = Recorder<RedisState>()
                other.onStateChange { states.record($0) }
                cluster.owner(of: "c")?.stop()
                #expect(await eventually { states.all.contains(.disconnected) })
                #expect(await eventually { await redis.subscriberCounts(shard: ["c"]) == nil })
                for number in 0..<10 { redis.publish(shard: "c", ByteBuffer(string: "\(number)")) }
                #expect(await eventually(within: .seconds(20)) { received.all.last == "9" })
                // In order and once; what a busy machine subscribes too late for may be missing at the front.
                #expect(received.all == (0..<10).map { "\($0)" }.suffix(received.all.count))
                #expect(await eventually { states.all.last == .connected })
            }
        }
    }
}
