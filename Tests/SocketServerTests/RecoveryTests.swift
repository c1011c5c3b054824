import Adapter
import Cluster
import EngineIO
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Connection state recovery", .timeLimit(.minutes(1)))
struct RecoveryTests {
    static func configuration(_ change: (inout RecoveryConfiguration) -> Void = { _ in }) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        var recovery = RecoveryConfiguration()
        change(&recovery)
        configuration.recovery = recovery
        return configuration
    }

    private func run(
        _ change: (inout RecoveryConfiguration) -> Void = { _ in }, _ body: (LiveFixture) async throws -> Void
    ) async throws {
        try await LiveFixture.run(configuration: Self.configuration(change), body)
    }

    @Test("off, nothing of it is on the wire")
    func off() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.onConnection { $0.emit("hello") }
            let client = try await fixture.client(on: 0, #"0{"pid":"AAAAAAAAAAAAAAAAAAAA","offset":"node_1.0"}"#)
            #expect(try await client.next().contains("pid") == false)
            #expect(try await client.next() == #"2["hello"]"#)
            #expect(fixture.server.recoveryStatistics == nil)
        }
    }

    @Test("on, events carry an offset; volatile ones, acknowledgements and questions do not")
    func offsets() async throws {
        try await run { fixture in
            fixture.main.on("go") { event in
                event.socket.emit("direct", 1)
                event.socket.namespace.emit("all")
                event.socket.volatile.emit("volatile")
                event.socket.namespace.volatile.emit("volatile to all")
                event.socket.emitWithAcknowledgement("question", timeout: .seconds(60)) { _ in }
                event.acknowledge("answer")
            }
            let client = try await fixture.client(on: 0, "0")
            #expect(try await client.next().contains(#"","pid":""#))
            try await client.send(#"27["go"]"#)
            #expect(
                try await client.received() == [
                    #"2["direct",1,"node_1.1"]"#, #"2["all","node_1.2"]"#, #"~2["volatile"]"#,
                    #"~2["volatile to all"]"#, #"20["question"]"#, #"37["answer"]"#,
                ])
        }
    }

    @Test("a client gets its socket back on either loop: ids, rooms, data, and what it missed in order")
    func comesBack() async throws {
        try await run { fixture in
            let notes = Notes()
            fixture.main.onConnection { socket in
                notes.add("connected \(socket.isRecovered)")
                socket.onDisconnect { notes.add($0) }
                if !socket.isRecovered {
                    socket.data = ["name": "ann"]
                    try? socket.join("r")
                }
            }
            let client = try await RecoverableClient(fixture, on: 0)
            let (id, pid) = (client.id, client.pid)
            fixture.main.emit("n", 0)
            try await client.receive()
            for (round, shard) in [1, 1, 0, 1].enumerated() {
                try await client.lose()
                fixture.main.to("r").emit("n", .int(Int64(round * 4 + 1)))
                fixture.main.to("other").emit("never")
                fixture.main.except("r").emit("never")
                fixture.main.volatile.emit("never")
                fixture.main.to(id).emit("n", .int(Int64(round * 4 + 2)))
                try await client.comeBack(on: shard)
                fixture.main.to(id).emit("n", .int(Int64(round * 4 + 3)))
                fixture.main.to("r").emit("n", .int(Int64(round * 4 + 4)))
                try await client.receive()
                #expect(client.isRecovered && client.id == id && client.pid == pid)
            }
            #expect(client.events == (0...16).map { ["n", .int($0)] })
            let losses = (0..<4).flatMap { _ in ["transport close", "connected true"] }
            #expect(notes.all == ["connected false"] + losses)
            let sockets = await fixture.main.to(id).fetchSockets().elements
            #expect(sockets.map(\.data) == [["name": "ann"]])
            #expect(sockets.map { Set($0.rooms) } == [[id, "r"]])
            let (found, continuation) = AsyncStream.makeStream(of: String.self)
            fixture.main.withSocket(id) { continuation.yield($0.id) }
            for await socket in found {
                #expect(socket == id)
                break
            }
        }
    }

    @Test(
        "the socket is kept after a loss, not after an end on purpose",
        arguments: CloseReason.allCases)
    func reasons(_ reason: CloseReason) async throws {
        try await run { fixture in
            _ = fixture.main
            let client = try await RecoverableClient(fixture, on: 0)
            try await client.lose(reason)
            try await client.comeBack(on: 0)
            let losses: [CloseReason] = [
                .transportClose, .transportError, .pingTimeout, .forcedClose, .forcedServerClose, .serverShuttingDown,
                .leaseLost,
            ]
            #expect(client.isRecovered == losses.contains(reason))
        }
    }

    @Test("an event on its way when the connection broke is repeated, once")
    func underWay() async throws {
        try await run { fixture in
            _ = fixture.main
            let client = try await RecoverableClient(fixture, on: 0)
            for number in 0..<Int64(5) { fixture.main.emit("n", .int(number)) }
            try await client.receive(butLast: 2)
            try await client.lose()
            try await client.comeBack(on: 1)
            #expect(client.events == (0..<5).map { ["n", .int($0)] })
        }
    }

    @Test("middleware is skipped, unless told otherwise; then it sees who comes back", arguments: [true, false])
    func middleware(_ isSkipped: Bool) async throws {
        try await run {
            $0.skipMiddlewares = isSkipped
        } _: { fixture in
            let notes = Notes()
            fixture.main.use { context in
                notes.add("\(context.isRecovered) \(context.data["n"]?.int ?? 0) \(context.auth["offset"] != nil)")
                if context.isRecovered { context.data = ["n": 2] }
            }
            fixture.main.onConnection { socket in
                if !socket.isRecovered { socket.data = ["n": 1] }
                socket.emit("data", socket.data)
            }
            let client = try await RecoverableClient(fixture, on: 0)
            try await client.receive()
            try await client.lose()
            try await client.comeBack(on: 0)
            #expect(client.isRecovered)
            try await client.receive()
            #expect(client.events == [["data", ["n": 1]], ["data", ["n": isSkipped ? 1 : 2]]])
            #expect(notes.all == ["false 0 false"] + (isSkipped ? [] : ["true 1 true"]))
        }
    }

    @Test("a client that is refused gets nothing of what it missed, and may claim its socket later")
    func refused() async throws {
        try await run {
            $0.skipMiddlewares = false
        } _: { fixture in
            fixture.main.use { context in
                if context.auth["token"] == nil, context.isRecovered { throw ConnectError("no") }
            }
            let client = try await RecoverableClient(fixture, on: 0)
            let claim = "\"pid\":\"\(client.pid ?? "")\""
            try await client.lose()
            fixture.main.emit("missed")
            let other = try await fixture.client(on: 1, "0{\(claim)}")
            #expect(try await other.next() == #"4{"message":"no"}"#)
            try await other.send("0{\(claim),\"token\":1}")
            #expect(try await other.next() == #"2["missed","node_1.1"]"#)
            #expect(try await other.next() == "0{\"sid\":\"\(client.id)\",\(claim)}")
        }
    }

    @Test("a client that is back before its loss was noticed gets its socket; the former connection ends")
    func stillConnected() async throws {
        try await run { fixture in
            let notes = Notes()
            fixture.main.onConnection { $0.onDisconnect { notes.add($0) } }
            let client = try await RecoverableClient(fixture, on: 0)
            fixture.main.emit("n", 0)
            try await client.receive()
            fixture.main.emit("n", 1)
            let former = client.id
            try await client.comeBack(on: 1)
            #expect(client.isRecovered && client.id == former)
            #expect(notes.all == ["transport close"])
            try await client.receive()
            #expect(client.events == [["n", 0], ["n", 1]])
            #expect(await fixture.main.fetchSockets().elements.count == 1)
        }
    }

    @Test("namespaces of one session are restored each for itself")
    func namespaces() async throws {
        try await run { fixture in
            let ann = try await RecoverableClient(fixture, on: 0, namespace: "/a")
            let bob = try await RecoverableClient(fixture, on: 0, namespace: "/b")
            for client in [ann, bob] { try await client.lose() }
            fixture.server.namespace("/a").emit("a")
            fixture.server.namespace("/b").emit("b")
            for client in [ann, bob] { try await client.comeBack(on: 1) }
            #expect(ann.isRecovered && bob.isRecovered)
            #expect((ann.events, bob.events) == ([["a"]], [["b"]]))
        }
    }

    @Test("a session that is not claimed in time expires once, with its rooms and data")
    func expiry() async throws {
        try await run {
            $0.limits.maxDisconnectionDuration = .milliseconds(40)
        } _: { fixture in
            let expired = Recorder<RecoverableSession>()
            fixture.main.onSessionExpired { expired.record($0) }
            fixture.main.onConnection { socket in
                socket.data = ["n": 1]
                try? socket.join("r")
            }
            let client = try await RecoverableClient(fixture, on: 0)
            let id = client.id
            try await client.lose()
            #expect(await eventually { expired.all.count == 1 })
            #expect(expired.all.map(\.id) == [id])
            #expect(expired.all.map(\.data) == [["n": 1]])
            #expect(expired.all.map { Set($0.rooms) } == [[id, "r"]])
            try await client.comeBack(on: 0)
            #expect(!client.isRecovered && client.id != id)
            #expect(fixture.server.recoveryStatistics?.expired == 1)
        }
    }

    @Test("what other nodes send is repeated too; they get no offset")
    func otherNodes() async throws {
        let bus = InProcessBus()
        let factory = ClassicAdapterFactory(bus: bus)
        try await LiveFixture.run(factory, configuration: Self.configuration()) { first in
            try await LiveFixture.run(factory, tag: "node_2") { second in
                let client = try await RecoverableClient(first, on: 0)
                let other = try await second.joined(on: 0)
                try await client.lose()
                second.main.emit("n", 0)
                first.main.emit("n", 1)
                first.main.local.emit("n", 2)
                second.main.to(client.id).emit("n", 3)
                try await client.comeBack(on: 1)
                second.main.to(client.id).emit("n", 4)
                try await client.receive()
                #expect(client.events == (0...4).map { ["n", .int($0)] })
                #expect(try await other.received() == [#"2["n",0]"#, #"2["n",1]"#])
            }
        }
    }

    @Test("a relay about a restored socket is handled, and no client sees it")
    func relay() async throws {
        try await run { fixture in
            let notes = Notes()
            fixture.main.onRelay("note") { id, arguments in notes.add("\(id) \(arguments[0]?.int ?? 0)") }
            let client = try await RecoverableClient(fixture, on: 0)
            try await client.lose()
            try await client.comeBack(on: 1)
            fixture.main.relay("note", arguments: [1], to: client.id)
            fixture.main.to(client.id).emit("note", 2)
            try await client.receive()
            #expect(notes.all == ["\(client.id) 1", "\(client.id) 2"])
            #expect(client.events == [])
        }
    }

    @Test("values that make no sense are refused by name")
    func validation() {
        var configuration = Self.configuration()
        #expect(throws: Never.self) { try configuration.validate() }
        configuration.recovery?.limits.maxDisconnectionDuration = .zero
        #expect(throws: ServerConfigurationError.self) { try configuration.validate() }
        configuration = Self.configuration { $0.limits.maxPackets = -1 }
        #expect(throws: ServerConfigurationError.self) { try configuration.validate() }
    }
}
