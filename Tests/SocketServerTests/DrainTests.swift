import EngineIO
import TestSupport
import Testing

@testable import SocketServer

@Suite("Draining", .timeLimit(.minutes(1)))
struct DrainTests {
    @Test("sessions end in batches: what is left spread over the time that is left, never too slowly")
    func pace() {
        let pace = DrainPace(time: .seconds(10), shardCount: 2)
        #expect(pace.batch(of: 10_000, elapsed: .zero) == 100)
        #expect(pace.batch(of: 5_000, elapsed: .milliseconds(5_000)) == 100)
        #expect(pace.batch(of: 5_001, elapsed: .milliseconds(5_000)) == 101)
        #expect(pace.batch(of: 9_000, elapsed: .milliseconds(9_950)) == 9_000)
        #expect(pace.batch(of: 30, elapsed: .zero) == 25)
        #expect(pace.batch(of: 7, elapsed: .zero) == 7)
        #expect(pace.batch(of: 0, elapsed: .zero) == 0)
        #expect(pace.batch(of: 10_000, elapsed: .seconds(10)) == 10_000)
        #expect(DrainPace(time: .zero, shardCount: 1).batch(of: 10_000, elapsed: .zero) == 10_000)
        #expect(DrainPace(time: .seconds(1), shardCount: 64).batch(of: 5, elapsed: .zero) == 1)
        #expect(pace.pause(0) == .milliseconds(50))
        #expect(pace.pause(1) == .milliseconds(150))
    }

    @Test("a node that was taken for dead lets go of the sessions that it has, and takes new ones")
    func lost() async throws {
        try await LiveFixture.run { fixture in
            let clients = [try await fixture.joined(on: 0), try await fixture.joined(on: 1)]
            fixture.server.closeLostSessions()
            for client in clients { #expect(try await client.closeReason() == .leaseLost) }
            #expect(fixture.server.acceptsSessions)
            _ = try await fixture.joined(on: 0)
            #expect(fixture.main.localSocketCount == 1)
        }
    }

    @Test("refuses new sessions at once, ends the old ones little by little, says so, and lets go of the other nodes")
    func drains() async throws {
        let adapter = RecordingAdapter()
        try await LiveFixture.run(adapter) { fixture in
            let (reasons, progress) = (Notes(), Recorder<DrainProgress>())
            fixture.main.onConnection { $0.onDisconnect { reasons.add($0) } }
            for number in 0..<120 { _ = try await fixture.joined(on: number % 2) }
            #expect(fixture.server.acceptsSessions)
            async let drained: Void = fixture.server.drain(over: .milliseconds(300)) { progress.record($0) }
            #expect(await eventually { !fixture.server.acceptsSessions })
            // One whose handshake was under way.
            let late = try await fixture.client(on: 1)
            #expect(await eventually { (try? await late.closeReason()) == .serverShuttingDown })
            await drained
            #expect(progress.all.count >= 2)
            #expect(progress.all.first.map { $0.closed > 0 && $0.remaining > 0 } == true)
            #expect(progress.all.last.map { $0.closed >= 120 && $0.remaining == 0 } == true)
            #expect(reasons.all == [String](repeating: "server shutting down", count: 120))
            #expect(adapter.takeCalls() == ["start /", "stop"])
            await fixture.server.close()
            #expect(adapter.takeCalls() == [])
        }
    }

    @Test("before a server lets go of the other nodes, its sessions are closed and others can take over")
    func handOver() async throws {
        let adapter = RecordingAdapter()
        try await LiveFixture.run(adapter) { fixture in
            _ = try await fixture.joined(on: 0)
            let calls = Recorder<[String]>()
            let handOver: @Sendable () async -> Void = {
                #expect(fixture.main.localSocketCount == 0)
                calls.record(adapter.takeCalls())
            }
            await fixture.server.drain(over: .zero, handOver: handOver)
            #expect(calls.all == [["start /"]])
            #expect(adapter.takeCalls() == ["stop"])
        }
    }

    @Test("without time, or when it is cancelled, all end at once")
    func atOnce() async throws {
        try await LiveFixture.run { fixture in
            for _ in 0..<120 { _ = try await fixture.joined(on: 0) }
            let progress = Recorder<DrainProgress>()
            await fixture.server.drain(over: .zero) { progress.record($0) }
            #expect(progress.all == [DrainProgress(closed: 120, remaining: 0)])
        }
        try await LiveFixture.run { fixture in
            let clients = [try await fixture.joined(on: 0), try await fixture.joined(on: 1)]
            for _ in 0..<200 { _ = try await fixture.joined(on: 0) }
            let task = Task { await fixture.server.drain(over: .seconds(3600)) }
            task.cancel()
            await task.value
            for client in clients { #expect(try await client.closeReason() == .serverShuttingDown) }
            #expect(fixture.main.localSocketCount == 0)
        }
    }
}
