import Adapter
import Cluster
import SocketIO
import SocketServer
import Testing

@Suite("With other nodes", .timeLimit(.minutes(1)))
struct ClusterTests {
    private let remote = RecordingAdapter.Remote(
        values: ["far"], sockets: [RemoteSocket(id: "far", handshake: [:], rooms: ["far", "r"], data: [:])],
        rooms: ["far", "r"], nodes: 3, missing: 1)

    private func run(_ body: (LiveFixture, RecordingAdapter) async throws -> Void) async throws {
        let adapter = RecordingAdapter(remote)
        try await LiveFixture.run(adapter) { fixture in
            _ = fixture.main
            _ = adapter.takeCalls()
            try await body(fixture, adapter)
        }
    }

    @Test("acknowledgements of local clients and other nodes are merged")
    func acknowledgements() async throws {
        try await run { fixture, adapter in
            let (ann, bob) = (try await fixture.joined(on: 0), try await fixture.joined(on: 1))
            async let answer = fixture.main.timeout(.seconds(30)).emitWithAcknowledgement("ask", 1)
            for client in [ann, bob] {
                let id = try await client.next().dropFirst().prefix { $0.isNumber }
                try await client.send("3\(id)[\"near\"]")
            }
            let merged = await answer
            #expect(merged.elements == ["near", "near", "far"])
            #expect((merged.expected, merged.missing) == (4, 1))
            #expect(adapter.takeCalls() == [#"ask ["ask",1] rooms=[] except=[] 30.0 seconds"#])
        }
    }

    @Test("clients that do not answer in time are counted as missing; local asks nobody else")
    func missingAcknowledgements() async throws {
        try await run { fixture, adapter in
            let ann = try await fixture.joined(on: 0)
            let answer = await fixture.main.local.timeout(.milliseconds(10)).emitWithAcknowledgement("ask")
            #expect((answer.elements, answer.expected, answer.missing) == ([], 1, 1))
            #expect(try await ann.received().count == 1)
            let nobody = await fixture.main.local.to("nobody").emitWithAcknowledgement("ask")
            #expect((nobody.elements, nobody.expected, nobody.missing) == ([], 0, 0))
            #expect(adapter.takeCalls() == [])
        }
    }

    @Test("sockets of this node come first, then those of others")
    func fetch() async throws {
        try await run { fixture, adapter in
            fixture.main.onConnection { $0.data = ["a": 1] }
            let ann = try await fixture.client(on: 1, #"0{"token":"t"}"#)
            let id = try await ann.takeID()
            let answer = await fixture.main.to(id).fetchSockets()
            let here = try #require(answer.elements.first)
            #expect(answer.elements.map(\.id) == [id, "far"])
            #expect((here.rooms, here.data) == ([id], ["a": 1]))
            #expect(here.handshake["auth"] == ["token": "t"])
            #expect((answer.expected, answer.missing) == (2, 1))
            #expect(await fixture.main.local.except(id).fetchSockets().elements.isEmpty)
            #expect(await fixture.main.fetchSockets().elements.count == 2)
        }
    }

    @Test("rooms of all nodes are listed once")
    func allRooms() async throws {
        try await run { fixture, adapter in
            _ = fixture.main
            let ann = try await fixture.client(on: 1, "0")
            let id = try await ann.takeID()
            fixture.main.local.socketsJoin("r", "s")
            let answer = await fixture.main.allRooms()
            #expect(answer.elements.sorted() == ["far", id, "r", "s"].sorted())
            #expect((answer.expected, answer.missing) == (2, 1))
        }
    }

    @Test("joining, leaving and disconnecting are told to the others, unless local")
    func remoteOperations() async throws {
        try await run { fixture, adapter in
            fixture.main.to("r").socketsJoin("s")
            fixture.main.socketsLeave("s")
            fixture.main.except("x").disconnectSockets(close: true)
            fixture.main.local.socketsJoin("s")
            fixture.main.local.socketsLeave("s")
            fixture.main.local.disconnectSockets()
            #expect(
                adapter.takeCalls() == [
                    #"join ["s"] rooms=["r"] except=[]"#, #"leave ["s"] rooms=[] except=[]"#,
                    #"disconnect close=true rooms=[] except=["x"]"#,
                ])
        }
    }

    @Test("events between servers are sent, answered and received")
    func serverSide() async throws {
        try await run { fixture, adapter in
            fixture.main.serverSideEmit("hello", 1)
            let answer = await fixture.main.serverSideEmitWithAcknowledgement("ask", timeout: .seconds(2))
            #expect((answer.elements, answer.expected, answer.missing) == (["far"], 2, 1))
            #expect(await fixture.main.serverCount() == 3)
            #expect(adapter.takeCalls() == [#"emit ["hello",1]"#, #"emit ["ask"] 2.0 seconds"#])
            let notes = Notes()
            fixture.main.onServerEvent("hello") { arguments, acknowledge in
                notes.add("\(arguments.values) \(acknowledge != nil)")
                acknowledge?("from here")
            }
            fixture.main.receivedServerSide(["hello", 2], acknowledge: nil)
            fixture.main.receivedServerSide(["hello", true]) { notes.add($0.string ?? "") }
            fixture.main.receivedServerSide(["other"], acknowledge: nil)
            fixture.main.receivedServerSide([], acknowledge: nil)
            #expect(notes.all == ["\([Value.int(2)]) false", "\([Value.bool(true)]) true", "from here"])
        }
    }

    @Test("reserved names between servers are not sent", arguments: ["connect", "connection", "new_namespace"])
    func reserved(name: String) async throws {
        try await run { fixture, adapter in
            fixture.main.serverSideEmit(name)
            #expect(await fixture.main.serverSideEmitWithAcknowledgement(name).elements.isEmpty)
            #expect(adapter.takeCalls() == [])
        }
    }
}
