import Adapter
import AdapterConformance
import Cluster
import Logging
import NIOCore
import SocketIO
import TestSupport
import Testing

@testable import RedisAdapter

@Suite("Recovery over Redis", .timeLimit(.minutes(2)))
struct RedisRecoveryTests {
    private static let formats: [RedisAdapterFormat] = [.classic, .sharded(.dynamic)]

    @Test("the recovery store over Redis", arguments: RecoveryStoreCheck.all, formats)
    func conformance(_ check: RecoveryStoreCheck, _ format: RedisAdapterFormat) async throws {
        try await withStores(1, format, limits: check.limits) { stores, _ in try await check.run(stores[0]) }
    }

    /// Stores of nodes that share a Redis of their own.
    private func withStores(
        _ count: Int, _ format: RedisAdapterFormat, limits: RecoveryLimits = RecoveryLimits(),
        _ body: ([RedisRecoveryStore], RedisServer) async throws -> Void
    ) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        let nodes = try ["AAAAAA", "BBBBBB", "CCCCCC"].prefix(count).map { try TestNode(server.url, tag: $0) }
        let stores = nodes.map {
            RedisRecoveryStore(
                redis: $0.redis, membership: $0.membership, adapter: format, limits: limits, logger: quiet)
        }
        for node in nodes { try await node.start() }
        try await body(stores, server)
    }

    private func session(at store: RedisRecoveryStore) -> RecoverableSession {
        RecoverableSession(
            id: "AAAAAA" + String(repeating: "i", count: 14), pid: String(repeating: "p", count: 20), namespace: "/",
            rooms: ["r"], data: [:], start: store.offset(in: "/"))
    }

    /// An event of a node for a room, which is delivered at the others only if they are told. Afterwards Redis has it.
    @discardableResult
    private func send(_ text: Value, by store: RedisRecoveryStore) async throws -> RecordedEvent {
        let recorded = store.append([text], in: "/", to: BroadcastOptions(rooms: ["r"]), isForeign: false)
        _ = try await store.redis.command(["PING"])
        return recorded
    }

    /// A session is lost. Afterwards Redis has it.
    private func save(_ session: RecoverableSession, by store: RedisRecoveryStore) async throws {
        store.save(session)
        _ = try await store.redis.command(["PING"])
    }

    private func texts(_ missed: MissedEvents?) -> [Value]? { missed?.events.map { $0.event[0] ?? .null } }

    @Test("what was repeated is not repeated again, though the new node has not received it itself")
    func twice() async throws {
        try await withStores(3, .sharded(.dynamic)) { stores, _ in
            for store in stores { store.start(RecoveryEvents { _ in }) }
            var session = session(at: stores[0])
            try await save(session, by: stores[0])
            try await send("one", by: stores[2])
            let first = await stores[1].restore(session.pid, in: "/", offset: nil)
            #expect(texts(first) == ["one"])
            // Nothing of other nodes has come to this one, so its events have the position of before.
            let own = try await send("two", by: stores[1])
            session.restorations = first?.restorations ?? []
            try await save(session, by: stores[1])
            try await send("three", by: stores[0])
            let second = await stores[2].restore(session.pid, in: "/", offset: own.delivered.values.last?.string)
            #expect(texts(second) == ["three"])
        }
    }

    @Test("what a node repeated before it was killed is known: it is kept with the session in the step that takes it")
    func killed() async throws {
        try await withStores(3, .sharded(.dynamic)) { stores, _ in
            for store in stores { store.start(RecoveryEvents { _ in }) }
            let session = session(at: stores[0])
            try await save(session, by: stores[0])
            try await send("one", by: stores[2])
            #expect(texts(await stores[1].restore(session.pid, in: "/", offset: nil)) == ["one"])
            let own = try await send("two", by: stores[1])
            // The node has told Redis nothing since; another one takes the session away from it.
            let offset = own.delivered.values.last?.string
            let again = try #require(await stores[2].session(session.pid, in: "/", offset: offset))
            #expect(again.restorations.count == 1)
            #expect(texts(await stores[2].restore(session.pid, in: "/", offset: offset)) == [])
        }
    }

    @Test("what was repeated and not received is repeated again")
    func lostAgain() async throws {
        try await withStores(3, .sharded(.dynamic)) { stores, _ in
            for store in stores { store.start(RecoveryEvents { _ in }) }
            let session = session(at: stores[0])
            try await save(session, by: stores[0])
            for text in ["one", "two"] as [Value] { try await send(text, by: stores[2]) }
            let first = try #require(await stores[1].restore(session.pid, in: "/", offset: nil))
            #expect(texts(first) == ["one", "two"])
            for (offset, rest) in [(nil, ["one", "two"]), (first.events[0].offset, ["two"])] as [(String?, [Value])] {
                let index = offset == nil ? 2 : 0
                #expect(await stores[index].session(session.pid, in: "/", offset: offset) != nil)
                #expect(texts(await stores[index].restore(session.pid, in: "/", offset: offset)) == rest)
            }
        }
    }

    @Test("after Redis has forgotten everything, a node that is late hides nothing from those who came since")
    func forgotten() async throws {
        try await withStores(3, .classic) { stores, server in
            for store in stores { store.start(RecoveryEvents { _ in }) }
            var session = session(at: stores[0])
            try await send("one", by: stores[2])
            try await save(session, by: stores[0])
            #expect(texts(await stores[1].restore(session.pid, in: "/", offset: nil)) == ["one"])
            // What nobody has read yet is lost with Redis.
            try await send("lost", by: stores[2])
            server.cli("FLUSHALL")
            // Who was there before may have missed it.
            try await save(session, by: stores[0])
            #expect(await stores[1].restore(session.pid, in: "/", offset: nil) == nil)
            stores[0].tellAgain(everything: true)
            session.start = stores[0].offset(in: "/")
            try await save(session, by: stores[0])
            // This node did not know until now that Redis is back.
            stores[2].tellAgain(everything: true)
            try await send("two", by: stores[2])
            #expect(texts(await stores[1].restore(session.pid, in: "/", offset: nil)) == ["two"])
        }
    }

    @Test("whatever others write into the keys and channels of recovery, nobody is restored wrongly and nothing breaks")
    func strangers() async throws {
        try await withStores(2, .classic) { stores, server in
            for store in stores { store.start(RecoveryEvents { _ in }) }
            let (keys, session) = (stores[0].keys, session(at: stores[0]))
            try await save(session, by: stores[0])
            #expect(await stores[1].session(session.pid, in: "/", offset: nil) != nil)
            let huge = "9223372036854775807"
            for channel in stores.map({ keys.channel + $0.membership.tag.text }) {
                for message in ["", "claim", "claim \(session.pid)", "release x /", "claim  /", "\u{1} \u{1} \u{1}"] {
                    server.cli("PUBLISH", channel, message)
                }
            }
            for (head, body) in [("", ""), ("L", "x"), ("AAAAAAAAAAAAAAAAAAAAAAAA", "\u{1}"), ("é", "é")] {
                server.cli("XADD", keys.journal("/"), "*", "h", head, "e", body)
                server.cli("XADD", keys.journal("/"), "*", "x", head)
            }
            for field in ["since", "dropped"] { server.cli("HSET", keys.history("/"), field, huge) }
            #expect(texts(await stores[1].restore(session.pid, in: "/", offset: nil)) == [])
            for wrong in ["", "x", "\u{1}", String(repeating: "x", count: 10_000)] {
                server.cli("HSET", keys.sessions, session.pid, wrong)
                server.cli("ZADD", keys.lost, huge, session.pid)
                #expect(await stores[0].session(session.pid, in: "/", offset: nil) == nil)
                #expect(await stores[0].restore(session.pid, in: "/", offset: nil) == nil)
            }
            // Redis itself can append nothing after this place.
            server.cli("XADD", keys.journal("/"), "18446744073709551615-18446744073709551615", "h", "x")
            try await send("one", by: stores[1])
            #expect(await stores[0].restore(session.pid, in: "/", offset: nil) == nil)
            server.cli("FLUSHALL")
            var again = self.session(at: stores[0])
            again.pid = String(repeating: "q", count: 20)
            try await save(again, by: stores[0])
            #expect(await stores[1].session(again.pid, in: "/", offset: nil) == again)
        }
    }
}
