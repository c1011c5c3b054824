import Adapter
import EngineIO
import NIOCore
import SocketIO
import SocketServer
import Testing

@Suite("Two nodes on one bus", .timeLimit(.minutes(1)))
struct TwoNodesTests {
    /// Runs a test body with two servers, and a client of each that has joined the main namespace.
    private func run(
        _ body: (LiveFixture, LiveFixture, (ann: LiveClient, bob: LiveClient)) async throws -> Void
    ) async throws {
        let bus = InProcessBus()
        try await LiveFixture.run(ClassicAdapterFactory(bus: bus), tag: "node_1") { first in
            try await LiveFixture.run(ClassicAdapterFactory(bus: bus), tag: "node_2") { second in
                let ann = try await first.joined(on: 0)
                let bob = try await second.joined(on: 1)
                try await body(first, second, (ann, bob))
            }
        }
    }

    @Test("a broadcast reaches the clients of both nodes once, in order; local ones stay here")
    func broadcast() async throws {
        try await run { first, _, clients async throws in
            first.main.emit("b", 1)
            first.main.volatile.emit("b", 2)
            first.main.local.emit("b", 3)
            #expect(try await clients.ann.received() == [#"2["b",1]"#, #"~2["b",2]"#, #"2["b",3]"#])
            #expect(try await clients.bob.received() == [#"2["b",1]"#, #"~2["b",2]"#])
        }
    }

    @Test("rooms span the nodes")
    func rooms() async throws {
        try await run { first, second, clients async throws in
            first.main.socketsJoin("r")
            second.main.to("r").emit("b", .binary(.init(bytes: [7])))
            let message = [#"51-["b",{"_placeholder":true,"num":0}]"#, "b:7"]
            #expect(try await clients.ann.received() == message)
            #expect(try await clients.bob.received() == message)
            #expect(await second.main.to("r").fetchSockets().elements.count == 2)
            #expect(await first.main.allRooms().elements.contains("r"))
            second.main.to("r").disconnectSockets()
            #expect(try await clients.ann.next() == "1")
            #expect(try await clients.bob.next() == "1")
        }
    }

    @Test("clients of both nodes acknowledge a broadcast")
    func acknowledgements() async throws {
        try await run { first, _, clients async throws in
            async let answer = first.main.timeout(.seconds(30)).emitWithAcknowledgement("ask")
            for (client, name) in [(clients.ann, "ann"), (clients.bob, "bob")] {
                let id = try await client.next().dropFirst().prefix { $0.isNumber }
                try await client.send("3\(id)[\"\(name)\"]")
            }
            let merged = await answer
            #expect(Set(merged.elements) == ["ann", "bob"])
            #expect((merged.expected, merged.missing) == (2, 0))
        }
    }

    @Test("a relay about a socket is handled on its node, in order, and the client sees nothing")
    func relay() async throws {
        try await run { first, second, clients async throws in
            let notes = Notes()
            let carl = try await second.client(on: 0, "0")
            let id = try await carl.takeID()
            first.main.onRelay("note") { id, _ in notes.add("first \(id)") }
            second.main.onRelay("note") { target, arguments in
                notes.add("\(target == id) \(arguments[0]?.int ?? 0)")
            }
            first.main.relay("note", arguments: [1], to: id)
            first.main.relay("note", arguments: [2], to: id)
            second.main.relay("note", arguments: [3], to: id)
            second.main.relay("note", arguments: [4], to: "node_3Axxxxxxxxxxxxx")
            second.main.relay("unknown", arguments: [5], to: id)
            #expect(notes.all == ["true 1", "true 2", "true 3"])
            #expect(try await carl.received() == [])
            #expect(try await clients.ann.received() == [])
        }
    }

    @Test("servers ask each other")
    func serverSide() async throws {
        try await run { first, second, _ in
            first.main.onServerEvent("ask") { _, _ in Issue.record("the sender does not ask itself") }
            second.main.onServerEvent("ask") { arguments, acknowledge in acknowledge?(arguments[0] ?? .null) }
            let answer = await first.main.serverSideEmitWithAcknowledgement("ask", 5)
            #expect((answer.elements, answer.expected, answer.missing) == ([5], 1, 0))
            #expect(await first.main.serverCount() == 2)
            let told = Notes()
            first.main.onServerEvent("tell") { _, _ in Issue.record("the sender does not tell itself") }
            second.main.onServerEvent("tell") { arguments, acknowledge in
                told.add("\(arguments[0]?.int ?? 0) \(acknowledge == nil)")
            }
            first.main.serverSideEmit("tell", 7)
            #expect(told.all == ["7 true"])
        }
    }

    @Test("a server that does not answer, or has no handler, is counted as missing when the time is over")
    func silentServer() async throws {
        try await run { first, second, _ in
            second.main.onServerEvent("silent") { _, _ in }
            for event in ["silent", "unknown"] {
                let answer = await first.main.serverSideEmitWithAcknowledgement(event, timeout: .milliseconds(20))
                #expect((answer.elements, answer.expected, answer.missing) == ([], 1, 1))
            }
        }
    }

    @Test("a namespace made on demand spans the nodes that have it, and only those are counted")
    func onDemand() async throws {
        try await run { first, second, _ in
            let parents = [first, second].map { $0.server.namespaces(matching: "/t:id") }
            let ann = try await first.client(on: 0, "0/t1,")
            #expect(try await ann.next().hasPrefix("0/t1,"))
            #expect(await first.server.namespace("/t1").serverCount() == 1)
            let bob = try await second.client(on: 1, "0/t1,")
            #expect(try await bob.next().hasPrefix("0/t1,"))
            #expect(await first.server.namespace("/t1").serverCount() == 2)
            parents[0].emit("all")
            parents[1].local.emit("here")
            #expect(try await ann.received() == [#"2/t1,["all"]"#])
            #expect(try await bob.received() == [#"2/t1,["all"]"#, #"2/t1,["here"]"#])
            let sockets = await parents[0].fetchSockets()
            #expect((sockets.elements.count, sockets.expected, sockets.missing) == (2, 1, 0))
            #expect(await parents[0].serverCount() == 2)
            try await bob.close(.transportClose)
            #expect(await first.server.namespace("/t1").serverCount() == 1)
        }
    }
}
