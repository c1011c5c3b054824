import Adapter
import Cluster
import EngineIO
import NIOCore
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Recovery together with other features", .timeLimit(.minutes(1)))
struct RecoveryAndOthersTests {
    @Test("a namespace on demand waits for those who may come back to it, and goes when they do not")
    func dynamicNamespaces() async throws {
        let configuration = RecoveryTests.configuration { $0.limits.maxDisconnectionDuration = .milliseconds(1_500) }
        try await LiveFixture.run(configuration: configuration) { fixture in
            let (made, expired) = (Recorder<String>(), Recorder<String>())
            fixture.server.onNewNamespace { made.record($0.name) }
            let rooms = fixture.server.namespaces(matching: "/room-:id")
            rooms.onSessionExpired { expired.record($0.namespace) }
            let client = try await RecoverableClient(fixture, on: 0, namespace: "/room-1")
            try await client.lose()
            rooms.emit("missed", 1)
            try await client.comeBack(on: 1)
            #expect(client.isRecovered)
            #expect(client.events == [["missed", 1]])
            #expect(made.all == ["/room-1"])
            try await client.lose()
            #expect(await eventually { expired.all == ["/room-1"] })
            try await client.comeBack(on: 0)
            #expect(!client.isRecovered)
            #expect(made.all == ["/room-1", "/room-1"])
        }
    }

    @Test("the order of what another thread sends is kept, by whichever way it sends")
    func order() async throws {
        try await LiveFixture.run(configuration: RecoveryTests.configuration()) { fixture in
            let handles = Recorder<(SocketHandle, Acknowledgement)>()
            fixture.main.on("go") { event in
                if let acknowledgement = event.acknowledgement {
                    handles.record((SocketHandle(event.socket), acknowledgement))
                }
            }
            let client = try await fixture.client(on: 0, "0", #"21["go"]"#)
            _ = try await client.received()
            let (handle, acknowledgement) = try #require(handles.all.first)
            async let noise: Void = {
                for _ in 0..<300 { try await fixture.loops[0].submit { fixture.main.emit("noise") }.get() }
            }()
            for number in stride(from: Int64(0), to: 600, by: 3) {
                handle.emit("n", .int(number))
                fixture.main.to(handle.id).emit("n", .int(number + 1))
                fixture.main.withSocket(handle.id) { $0.volatile.emit("n", .int(number + 2)) }
            }
            acknowledgement("done")
            try await noise
            let messages = try await client.received().filter { !$0.contains("noise") }
            let numbers = messages.compactMap { $0.split(separator: ",").dropFirst().first }
                .compactMap { Int($0.prefix { $0.isNumber }) }
            #expect(numbers == Array(0..<600))
            #expect(messages.last == #"31["done"]"#)
        }
    }

    @Test("who listens to what is sent sees each event once, without its offset")
    func outgoing() async throws {
        try await LiveFixture.run(configuration: RecoveryTests.configuration()) { fixture in
            let seen = Notes()
            fixture.main.onConnection { socket in
                socket.onAnyOutgoing { seen.add("\($0.eventName) \($0.arguments.count)") }
                socket.emit("direct", 1)
                socket.namespace.emit("all", 1, 2)
            }
            let client = try await fixture.client(on: 0, "0")
            #expect(try await client.received().count == 3)
            #expect(seen.all == ["direct 1", "all 2"])
        }
    }
}
