import NIOCore
import Testing

@testable import RedisAdapter

private typealias Endpoint = RedisConfiguration.Endpoint

@Suite struct HashSlotTests {
    @Test(
        "slots are those of the specification, by the hash tag if there is one",
        arguments: [
            ("123456789", 12739), ("foo", 12182), ("{foo}:bar", 12182), ("x{foo}{bar}", 12182),
            ("", 0), ("{}foo", 9500), ("foo{bar", 15278),
        ])
    func slots(_ key: String, _ slot: Int) {
        #expect(HashSlot(of: key).number == slot)
    }

    @Test("there are 16384 of them")
    func range() {
        #expect(HashSlot(0)?.number == 0 && HashSlot(16383)?.number == 16383)
        #expect(HashSlot(-1) == nil && HashSlot(16384) == nil)
    }
}

@Suite struct SlotMapTests {
    private func server(_ host: String, _ port: Int64) -> RedisReply {
        .array([.bytes(ByteBuffer(string: host)), .integer(port), .bytes(ByteBuffer(string: "id")), .array([])])
    }
    private let asked = Endpoint.host("asked", port: 1)

    @Test("every range belongs to its master; a server without a host is the one that was asked")
    func ranges() throws {
        let reply = RedisReply.array([
            .array([.integer(0), .integer(99), server("one", 7001), server("two", 7002)]),
            .array([.integer(100), .integer(16383), server("", 7003)]),
        ])
        let map = try #require(SlotMap(reply, asked: asked))
        #expect(map.servers == [.host("one", port: 7001), .host("asked", port: 7003)])
        #expect(map.replicas == [.host("two", port: 7002)])
        let slots = try (#require(HashSlot(99)), #require(HashSlot(100)))
        #expect(map[slots.0] == .host("one", port: 7001))
        #expect(map[slots.1] == .host("asked", port: 7003))
    }

    @Test("slots that nobody owns have no server; a moved one has the new one")
    func moved() throws {
        let reply = RedisReply.array([.array([.integer(5), .integer(5), server("one", 7001)])])
        var map = try #require(SlotMap(reply, asked: asked))
        let (four, five) = (try #require(HashSlot(4)), try #require(HashSlot(5)))
        #expect(map[four] == nil)
        map.assign(five, to: .host("new", port: 1))
        #expect(map[five] == .host("new", port: 1))
        #expect(map.servers.count == 2)
    }

    @Test("two maps tell which slots have moved, whatever order their servers have")
    func difference() throws {
        func map(_ ranges: [(Int64, Int64, Int64)]) throws -> SlotMap {
            let reply = ranges.map { RedisReply.array([.integer($0.0), .integer($0.1), server("host", $0.2)]) }
            return try #require(SlotMap(.array(reply), asked: asked))
        }
        let old = try map([(0, 9, 1), (10, 19, 2), (20, 29, 3)])
        let new = try map([(10, 18, 2), (0, 8, 1), (9, 9, 2), (19, 24, 4), (30, 39, 1)])
        let moves = old.moves(to: new).mapValues { $0.map { "\($0.slot.number) \($0.target)" } }
        let (one, two) = (Endpoint.host("host", port: 1), Endpoint.host("host", port: 2))
        let (three, four) = (Endpoint.host("host", port: 3), Endpoint.host("host", port: 4))
        #expect(moves == [one: ["9 \(two)"], two: ["19 \(four)"], three: (20...24).map { "\($0) \(four)" }])
        #expect(old.moves(to: old).isEmpty)
    }

    @Test(
        "what is not such a reply, or names nobody, is no map",
        arguments: [
            .null, .array([]), .array([.integer(1)]), .array([.array([.integer(0), .integer(1)])]),
            .array([.array([.integer(1), .integer(0), .array([.null, .integer(1)])])]),
            .array([.array([.integer(-1), .integer(1), .array([.null, .integer(1)])])]),
            .array([.array([.integer(0), .integer(99999), .array([.null, .integer(1)])])]),
            .array([.array([.integer(0), .integer(1), .array([.null, .integer(0)])])]),
        ] as [RedisReply])
    func malformed(_ reply: RedisReply) {
        #expect(SlotMap(reply, asked: asked) == nil)
    }
}

private func moved(_ slot: Int, _ endpoint: Endpoint) -> Redirection? {
    HashSlot(slot).map { .moved($0, endpoint) }
}

@Suite struct RedirectionTests {
    @Test(
        "errors that lead elsewhere are told from others",
        arguments: [
            ("MOVED 3999 127.0.0.1:6381", moved(3999, .host("127.0.0.1", port: 6381))),
            ("MOVED 1 ::1:6381", moved(1, .host("::1", port: 6381))),
            ("MOVED 1 :6381", moved(1, .host("asked", port: 6381))),
            ("ASK 3999 host:6381", .ask(.host("host", port: 6381))), ("TRYAGAIN Multiple keys", .tryAgain),
            ("CLUSTERDOWN The cluster is down", .down), ("LOADING Redis is loading", .down),
            ("ERR unknown command", nil), ("MOVED", nil), ("MOVED x host:1", nil), ("MOVED 16384 host:1", nil),
            ("MOVED 1 host", nil), ("MOVED 1 host:0", nil), ("MOVED 1 host:x", nil), ("", nil),
        ] as [(String, Redirection?)])
    func redirections(_ text: String, _ redirection: Redirection?) {
        #expect(Redirection(text, asked: .host("asked", port: 1)) == redirection)
    }
}

@Suite struct CommandRouteTests {
    @Test(
        "a command goes to the slot of its first key",
        arguments: [
            ["GET", "k"], ["hget", "k", "f"], ["EVALSHA", "digest", "2", "k", "other"], ["EVAL", "text", "1", "k"],
            ["XREAD", "COUNT", "1", "STREAMS", "k", "0"], ["OBJECT", "ENCODING", "k"], ["SPUBLISH", "k", "payload"],
            ["PUBSUB", "SHARDNUMSUB", "k"],
        ] as [[RedisArgument]])
    func keyed(_ words: [RedisArgument]) {
        #expect(CommandRoute(words) == .slot(HashSlot(of: "k")))
    }

    @Test(
        "a command without a key goes home",
        arguments: [
            ["PING"], ["PUBLISH", "k", "payload"], ["SCRIPT", "LOAD", "text"], ["EVAL", "text", "0", "argument"],
            ["PUBSUB", "NUMSUB", "k"], ["GET"], ["XREAD"], [],
        ] as [[RedisArgument]])
    func keyless(_ words: [RedisArgument]) {
        #expect(CommandRoute(words) == .home)
    }
}

@Suite struct MovingSlotsTests {
    private func order(_ name: RedisArgument) -> ClusterOrder {
        ClusterOrder(words: [name], route: .home) { _ in }
    }

    @Test("what was redirected goes before what was given meanwhile, each in order")
    func order() throws {
        var moving = MovingSlots()
        let (slot, other) = (try #require(HashSlot(1)), try #require(HashSlot(2)))
        let target = Endpoint.host("new", port: 1)
        let free = moving.hold(order("0"), of: slot, limit: 9)
        let isFirst = moving.redirected(order("1"), slot: slot, to: target)
        let third = moving.hold(order("3"), of: slot, limit: 9)
        let isFirstAgain = moving.redirected(order("2"), slot: slot, to: target)
        let more = [
            moving.hold(order("4"), of: slot, limit: 9), moving.hold(order("5"), of: other, limit: 9),
            moving.hold(order("6"), of: slot, limit: 2),
        ]
        #expect(free == .free && isFirst && third == .waits && !isFirstAgain)
        #expect(more == [.waits, .free, .refused])
        let first = moving.release(slot)
        let released = try #require(first)
        #expect(released.target == target)
        #expect(released.orders.map(\.words) == [["1"], ["2"], ["3"], ["4"]])
        let second = moving.release(slot)
        #expect(second == nil)
    }
}

@Suite struct SentinelRepliesTests {
    private let asked = Endpoint.host("asked", port: 26379)
    private func text(_ text: String) -> RedisReply { .bytes(ByteBuffer(string: text)) }

    @Test("a master is a host and a port; nothing else is one")
    func master() {
        #expect(
            SentinelReplies.master(.array([text("host"), text("6379")]), asked: asked) == .host("host", port: 6379))
        for reply: RedisReply in [.null, .array([]), .array([text("host"), text("x")]), .array([text("host")])] {
            #expect(SentinelReplies.master(reply, asked: asked) == nil)
        }
    }

    @Test("other sentinels are lists of names and values, in any order")
    func sentinels() {
        let reply = RedisReply.array([
            .array([text("name"), text("x"), text("ip"), text("one"), text("port"), text("1")]),
            .array([text("port"), text("2"), text("ip"), text("two"), text("odd")]), .array([text("ip")]), .null,
        ])
        #expect(SentinelReplies.sentinels(reply, asked: asked) == [.host("one", port: 1), .host("two", port: 2)])
    }

    @Test("a switch names the master and its new address")
    func switched() {
        let news = SentinelReplies.switchedMaster("main 127.0.0.1 7001 127.0.0.1 7002")
        #expect(news?.master == "main" && news?.endpoint == .host("127.0.0.1", port: 7002))
        #expect(SentinelReplies.switchedMaster("main 127.0.0.1 7001 127.0.0.1 x") == nil)
        #expect(SentinelReplies.switchedMaster("") == nil)
    }
}
