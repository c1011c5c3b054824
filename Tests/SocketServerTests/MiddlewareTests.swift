import Adapter
import EngineIO
import SocketIO
import SocketServer
import Testing

@Suite("Middleware", .timeLimit(.minutes(1)))
struct MiddlewareTests {
    private struct Broken: Error {}
    private enum Name: StorageKey { typealias Value = String }

    @Test("middleware runs in order and completes what the socket starts with")
    func accepts() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.use { context in
                context.data = ["name": context.auth["name"] ?? .null]
                context.storage[Name.self] = "\(context.namespace) \(context.socketID.utf8.count)"
            }
            fixture.main.use { $0.storage[Name.self]? += " second" }
            fixture.main.onConnection { $0.emit("you", $0.data, .string($0.storage[Name.self] ?? "")) }
            let client = try await fixture.client(on: 1, #"0{"name":"Ann"}"#)
            #expect(try await client.next().hasPrefix(#"0{"sid":"node_1B"#))
            #expect(try await client.next() == #"2["you",{"name":"Ann"},"/ 20 second"]"#)
        }
    }

    @Test("a ConnectError is shown with its data, anything else is not; the session stays and may ask again")
    func refuses() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.use { context in
                switch context.auth["as"]?.string {
                case "nobody": throw ConnectError("not you", data: ["code": 1])
                case "bug": throw Broken()
                case "plain": throw ConnectError("no")
                default: break
                }
            }
            fixture.main.use { _ in await Task.yield() }
            let client = try await fixture.client(on: 0, #"0{"as":"nobody"}"#)
            #expect(try await client.next() == #"4{"message":"not you","data":{"code":1}}"#)
            try await client.send(#"0{"as":"bug"}"#)
            #expect(try await client.next() == #"4{"message":"Internal server error"}"#)
            try await client.send(#"0{"as":"plain"}"#)
            #expect(try await client.next() == #"4{"message":"no"}"#)
            try await client.send("0")
            #expect(try await client.next().hasPrefix("0{"))
            #expect(try await client.closeReason() == nil)
        }
    }

    @Test("the end of the session cancels the middleware, and no socket appears")
    func sessionEnds() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            let (cancelled, continuation) = AsyncStream.makeStream(of: Void.self)
            fixture.main.use { _ in
                // Only cancellation ends this.
                try? await Task.sleep(for: .seconds(3_600))
                continuation.yield()
            }
            fixture.main.onConnection { _ in notes.add("connected") }
            let client = try await fixture.client(on: 0, "0")
            try await client.close(.transportClose)
            for await _ in cancelled { break }
            #expect(await fixture.main.local.fetchSockets().elements.isEmpty)
            #expect(notes.all == [])
        }
    }

    @Test("events before the answer are a violation")
    func tooEarly() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.use { _ in try? await Task.sleep(for: .seconds(3_600)) }
            let client = try await fixture.client(on: 0, "0", #"2["x"]"#)
            #expect(try await client.closeReason() == .forcedClose)
        }
    }
}
