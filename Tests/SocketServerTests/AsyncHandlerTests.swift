import Adapter
import EngineIO
import SocketIO
import SocketServer
import Synchronization
import TestSupport
import Testing

/// Something that handlers wait for and a test opens.
private final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// Lets one waiter through.
    func open() { continuation.yield() }

    /// Waits for it; throws when the task is cancelled instead.
    func pass() async throws {
        for await _ in stream { return }
        throw CancellationError()
    }
}

@Suite("Asynchronous handlers", .timeLimit(.minutes(1)))
struct AsyncHandlerTests {
    private struct Broken: Error {}

    @Test("a closure that awaits or says so is asynchronous, any other is not")
    func overloads() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            @Sendable func kind(_ event: Event) -> String { "sync" }
            @Sendable func kind(_ event: AsyncEvent) -> String { "async" }
            fixture.main.on("a") { event in notes.add(kind(event)) }
            fixture.main.on("b") { event in
                await Task.yield()
                notes.add(kind(event))
            }
            fixture.main.on("c") { event async in notes.add(kind(event)) }
            fixture.main.on("d") { event in
                guard event.arguments.isEmpty else { throw Broken() }
                notes.add(kind(event))
            }
            fixture.main.on("e") { event in
                if event.arguments.isEmpty { try await Task.sleep(for: .zero) }
                notes.add(kind(event))
            }
            fixture.main.on("end") { $0.acknowledge() }
            let client = try await fixture.joined(on: 0)
            for name in ["a", "b", "c", "d", "e"] { try await client.send("2[\"\(name)\"]") }
            try await client.send(#"21["end"]"#)
            #expect(try await client.next() == "31[]")
            #expect(notes.all == ["sync", "async", "async", "sync", "async"])
        }
    }

    @Test("later events of the socket wait, whatever their handlers are; those of another do not")
    func order() async throws {
        try await LiveFixture.run { fixture in
            let gate = Gate()
            fixture.main.on("slow") { event in
                try await gate.pass()
                event.acknowledge("slow")
            }
            fixture.main.on("quick") { event in event.acknowledge("quick") }
            let (client, other) = (try await fixture.joined(on: 0), try await fixture.joined(on: 0))
            try await client.send(#"21["slow"]"#)
            try await client.send(#"22["quick"]"#)
            try await client.send(#"23["slow"]"#)
            try await client.send(#"24["quick"]"#)
            try await other.send(#"21["quick"]"#)
            #expect(try await other.next() == #"31["quick"]"#)
            #expect(try await client.received() == [])
            gate.open()
            #expect(try await client.next() == #"31["slow"]"#)
            #expect(try await client.next() == #"32["quick"]"#)
            gate.open()
            #expect(try await client.next() == #"33["slow"]"#)
            #expect(try await client.next() == #"34["quick"]"#)
        }
    }

    @Test("a thousand events that wait are handled in order")
    func manyEvents() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            fixture.main.on("n") { event in
                await Task.yield()
                notes.add(try event.arguments.decode(String.self, at: 0))
            }
            fixture.main.on("end") { $0.acknowledge() }
            let client = try await fixture.joined(on: 0)
            for number in 0..<1_000 { try await client.send("2[\"n\",\"\(number)\"]") }
            try await client.send(#"21["end"]"#)
            #expect(try await client.next() == "31[]")
            #expect(notes.all == (0..<1_000).map { "\($0)" })
        }
    }

    @Test("of one event the synchronous handlers run first, then the others one after the other; once is once")
    func handlersOfOneEvent() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            fixture.main.on("x") { event async in
                notes.add("namespace")
                event.acknowledge()
            }
            fixture.main.onConnection { socket in
                socket.on("x") { _ in
                    await Task.yield()
                    notes.add("first")
                }
                socket.once("x") { _ in
                    await Task.yield()
                    notes.add("once")
                }
                socket.on("x") { _ in notes.add("synchronous") }
            }
            let client = try await fixture.joined(on: 1)
            for _ in 0..<2 {
                try await client.send(#"21["x"]"#)
                #expect(try await client.next() == "31[]")
            }
            #expect(
                notes.all == ["synchronous", "first", "once", "namespace", "synchronous", "first", "namespace"])
        }
    }

    @Test("a handler may ask the same client and await the answer")
    func asking() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.on("draw") { event in
                let answer = try await event.socket.emitWithAcknowledgement("keep?", 7, timeout: .seconds(30))
                event.acknowledge(arguments: answer)
            }
            let client = try await fixture.joined(on: 0)
            try await client.send(#"21["draw"]"#)
            #expect(try await client.next() == #"20["keep?",7]"#)
            try await client.send(#"2["later"]"#)
            try await client.send(#"30["yes",1]"#)
            #expect(try await client.next() == #"31["yes",1]"#)
        }
    }

    @Test("asking ends with the time, with the disconnect, and with the task")
    func askingFails() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            let handles = Mutex<[SocketHandle]>([])
            fixture.main.onConnection { socket in handles.withLock { $0 = [SocketHandle(socket)] } }
            let client = try await fixture.joined(on: 0)
            let socket = try #require(handles.withLock { $0.first })
            await #expect(throws: AcknowledgementError.timedOut) {
                try await socket.emitWithAcknowledgement("a", timeout: .milliseconds(1))
            }
            #expect(try await client.next() == #"20["a"]"#)
            await #expect(throws: AcknowledgementError.reservedName) {
                try await socket.emitWithAcknowledgement("connect")
            }
            let task = Task {
                do {
                    _ = try await socket.emitWithAcknowledgement("b", timeout: .seconds(3_600))
                } catch is CancellationError {
                    notes.add("cancelled")
                }
            }
            #expect(try await client.next() == #"21["b"]"#)
            task.cancel()
            try await task.value
            #expect(notes.all == ["cancelled"])
            let answer = Task { try await socket.emitWithAcknowledgement("c", timeout: .seconds(3_600)) }
            #expect(try await client.next() == #"22["c"]"#)
            try await client.send("31[1]")
            try await client.send("1")
            await #expect(throws: AcknowledgementError.disconnected) { try await answer.value }
            await #expect(throws: AcknowledgementError.disconnected) { try await socket.emitWithAcknowledgement("d") }
        }
    }

    @Test("a task that is cancelled already asks nobody")
    func askingCancelled() async throws {
        try await LiveFixture.run { fixture in
            let handles = Mutex<[SocketHandle]>([])
            fixture.main.onConnection { socket in handles.withLock { $0 = [SocketHandle(socket)] } }
            let client = try await fixture.joined(on: 0)
            let socket = try #require(handles.withLock { $0.first })
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await socket.emitWithAcknowledgement("a", timeout: .seconds(3_600))
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await client.received() == [])
        }
    }

    @Test("the disconnect cancels what runs and drops what waits")
    func disconnect() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            let (started, hasStarted) = AsyncStream.makeStream(of: Void.self)
            let (ended, hasEnded) = AsyncStream.makeStream(of: Void.self)
            fixture.main.on("slow") { event in
                hasStarted.yield()
                do { try await Task.sleep(for: .seconds(3_600)) } catch {
                    let isConnected = try await event.socket.withSocket { $0.isConnected }
                    notes.add("cancelled, connected: \(isConnected)")
                    hasEnded.yield()
                    throw error
                }
            }
            fixture.main.on("next") { _ in notes.add("never") }
            fixture.main.onConnection { socket in
                socket.onError { _, _ in notes.add("never an error") }
            }
            let client = try await fixture.joined(on: 0)
            try await client.send(#"21["slow"]"#)
            try await client.send(#"22["next"]"#)
            for await _ in started { break }
            try await client.close(.transportClose)
            for await _ in ended { break }
            _ = try await client.received()
            #expect(notes.all == ["cancelled, connected: false"])
        }
    }

    @Test("too many waiting events close the session, by number and by size")
    func overflow() async throws {
        var configuration = ServerConfiguration()
        configuration.waitingEvents.maxCount = 2
        configuration.waitingEvents.maxBytes = 2_000
        try await LiveFixture.run(configuration: configuration) { fixture in
            let notes = Notes()
            fixture.main.on("slow") { _ in try? await Task.sleep(for: .seconds(3_600)) }
            fixture.main.onConnection { socket in socket.onDisconnect { notes.add($0) } }
            let (many, large) = (try await fixture.joined(on: 0), try await fixture.joined(on: 0))
            for _ in 0..<3 { try await many.send(#"2["slow"]"#) }
            #expect(try await many.closeReason() == nil)
            try await many.send(#"2["slow"]"#)
            #expect(try await many.closeReason() == .eventQueueFull)
            try await large.send(#"2["slow"]"#)
            try await large.send("2[\"slow\",\"\(String(repeating: "x", count: 2_000))\"]")
            #expect(try await large.closeReason() == .eventQueueFull)
            #expect(notes.all == ["event queue full", "event queue full"])
        }
    }

    @Test("a handle changes rooms and data, emits in order, and disconnects")
    func handle() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.on("all") { event in
                let socket = event.socket
                try await socket.join("room")
                socket.to("room").emit("others")
                let rooms = try await socket.withSocket { socket -> Int in
                    socket.data = ["name": "Ann"]
                    return socket.rooms.count
                }
                for number in 0..<3 { socket.emit("n", .int(Int64(number))) }
                socket.leave("room")
                socket.volatile.emit("v")
                event.acknowledge(.int(Int64(rooms)), socket.auth)
            }
            fixture.main.on("bye") { event async in event.socket.disconnect() }
            let client = try await fixture.client(on: 1, #"0{"a":1}"#)
            let id = try await client.takeID()
            try await client.send(#"21["all"]"#)
            for expected in [#"2["n",0]"#, #"2["n",1]"#, #"2["n",2]"#, #"~2["v"]"#, #"31[2,{"a":1}]"#] {
                #expect(try await client.next() == expected)
            }
            let sockets = await fixture.main.local.fetchSockets().elements
            #expect(sockets.map(\.data) == [["name": "Ann"]] && sockets.map(\.rooms) == [[id]])
            try await client.send(#"2["bye"]"#)
            #expect(try await client.next() == "1")
        }
    }

    @Test("a thrown error is acknowledged, ends its event, and the next goes on")
    func errors() async throws {
        try await LiveFixture.run { fixture in
            let notes = Notes()
            fixture.main.onConnection { socket in
                socket.on("x") { event in
                    await Task.yield()
                    throw EventError("no", code: "refused_here", data: ["why": 1])
                }
                socket.on("x") { _ in
                    await Task.yield()
                    notes.add("never")
                }
                socket.on("y") { event async throws in throw Broken() }
                socket.onError { error, event in notes.add("\(type(of: error)) \(event.name)") }
            }
            let client = try await fixture.joined(on: 0)
            try await client.send(#"21["x"]"#)
            try await client.send(#"22["y"]"#)
            #expect(try await client.next() == #"31[{"error":"no","code":"refused_here","data":{"why":1}}]"#)
            #expect(try await client.next() == #"32[{"error":"Internal server error","code":"internal_error"}]"#)
            #expect(notes.all == ["EventError x", "Broken y"])
        }
    }
}
