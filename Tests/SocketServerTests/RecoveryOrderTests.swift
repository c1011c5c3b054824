import EngineIO
import NIOCore
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Recovery while both loops send", .timeLimit(.minutes(2)))
struct RecoveryOrderTests {
    @Test("every client gets every event once, all in the same order, however often it is lost", arguments: 0..<2)
    func exactlyOnce(_ seed: Int) async throws {
        try await LiveFixture.run(configuration: RecoveryTests.configuration()) { fixture in
            fixture.main.onConnection { if !$0.isRecovered { try? $0.join("r") } }
            let steady = [
                try await RecoverableClient(fixture, on: 0), try await RecoverableClient(fixture, on: 1),
            ]
            let lost = [
                try await RecoverableClient(fixture, on: 0), try await RecoverableClient(fixture, on: 1),
            ]
            let senders = fixture.loops.enumerated().map { index, loop in
                Sender(fixture.main, on: loop, name: index, events: 2_000)
            }
            async let first: Void = senders[0].run()
            async let second: Void = senders[1].run()
            var random = SystemRandomNumberGenerator()
            for round in 0..<60 {
                for (index, client) in lost.enumerated() {
                    try await client.receive(butLast: Int.random(in: 0...3, using: &random))
                    // Sometimes it is back before anybody noticed.
                    if round % 3 != 0 { try await client.lose() }
                    try await client.comeBack(on: (index + round / 2) % 2)
                    #expect(client.isRecovered)
                }
            }
            _ = try await (first, second)
            for client in steady + lost { try await client.receive() }
            #expect(steady[0].events.count == 4_000)
            #expect(steady[1].events == steady[0].events)
            for client in lost { #expect(client.events == steady[0].events) }
            for sender in 0..<2 {
                let own = steady[0].events.filter { $0[1]?.int == Int64(sender) }.map { $0[2]?.int }
                #expect(own == (0..<2_000).map { Int64($0) })
            }
        }
    }

    /// Sends events from one loop, some per turn, by different ways.
    private struct Sender: Sendable {
        private let namespace: Namespace
        private let loop: any EventLoop
        private let name: Int
        private let events: Int

        init(_ namespace: Namespace, on loop: any EventLoop, name: Int, events: Int) {
            (self.namespace, self.loop, self.name, self.events) = (namespace, loop, name, events)
        }

        func run() async throws {
            for start in stride(from: 0, to: events, by: 5) {
                try await loop.submit {
                    for number in start..<(start + 5) {
                        let receivers = number % 2 == 0 ? namespace.to("r") : namespace.everybody
                        receivers.emit("n", .int(Int64(name)), .int(Int64(number)))
                    }
                }.get()
            }
        }
    }

    @Test("what is sent in the middle of a delivery comes after it for everybody")
    func nested() async throws {
        try await LiveFixture.run(configuration: RecoveryTests.configuration()) { fixture in
            fixture.main.onConnection { socket in
                socket.onDisconnect { _ in fixture.main.emit("left") }
            }
            let clients = [
                try await fixture.client(on: 0, "0"), try await fixture.client(on: 0, "0"),
                try await fixture.client(on: 0, "0"),
            ]
            for client in clients { _ = try await client.received() }
            try await clients[0].closesWhenSentTo()
            fixture.main.emit("first")
            for client in clients[1...] {
                #expect(try await client.received() == [#"2["first","node_1.1"]"#, #"2["left","node_1.2"]"#])
            }
        }
    }
}
