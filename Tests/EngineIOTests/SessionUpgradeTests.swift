import Testing

@testable import EngineIO

@Suite("Session: upgrade")
struct SessionUpgradeTests {
    @Test("moves to the WebSocket, with what is queued")
    func upgrade() {
        let session = SessionBench()
        #expect(session.candidateArrived())
        #expect(session.candidate(.ping(isProbe: true)) == "probe -")
        #expect(session.send("a") == "queued")
        #expect(session.transport == .polling)
        #expect(session.candidate(.upgrade) == "upgraded 4a poll -")
        #expect(session.transport == .websocket)
        #expect(session.send("b") == "write")
        #expect(session.poll() == "refuse")
    }

    @Test("ends the pending poll with a noop, and every later one before the upgrade is complete")
    func noop() {
        let session = SessionBench()
        #expect(session.poll() == "hold")
        #expect(session.candidateArrived())
        #expect(session.candidate(.ping(isProbe: true)) == "probe 6")
        #expect(session.poll() == "answer 6")
        #expect(session.send("a") == "queued")
        #expect(session.poll() == "answer 4a")
    }

    @Test("a poll gets what is queued rather than a noop")
    func queuedAtProbe() {
        let session = SessionBench()
        #expect(session.poll() == "hold")
        #expect(session.candidateArrived())
        #expect(session.send("a") == "ready")
        #expect(session.candidate(.ping(isProbe: true)) == "probe 4a")
        #expect(session.turnEnded() == nil)
    }

    @Test("a poll pending at the end of the upgrade is released")
    func pendingAtUpgrade() {
        let session = SessionBench()
        #expect(session.candidateArrived())
        #expect(session.poll() == "hold")
        #expect(session.candidate(.upgrade) == "upgraded  poll 6")
        #expect(session.pollAborted() == nil)
    }

    @Test(
        "stays on polling when the candidate sends anything else",
        arguments: [Packet.ping(isProbe: false), .pong, .close, .noop, nil])
    func abandoned(packet: Packet?) {
        let session = SessionBench()
        #expect(session.candidateArrived())
        #expect(session.candidate(packet) == "abandon")
        #expect(session.transport == .polling)
        #expect(session.poll() == "hold")
        #expect(session.candidateArrived())
    }

    @Test("allows one candidate at a time, and another after the first has gone")
    func one() {
        let session = SessionBench()
        #expect(session.candidateArrived())
        #expect(!session.candidateArrived())
        session.candidateClosed()
        #expect(session.candidateArrived())
    }

    @Test("gives a candidate its time and no more")
    func timeout() {
        let session = SessionBench()
        #expect(session.candidateArrived(at: .seconds(1)))
        #expect(session.candidate(.ping(isProbe: true)) == "probe -")
        #expect(session.time(.seconds(10)) == "none")
        #expect(session.time(.seconds(11)) == "abandon")
        #expect(session.candidate(.upgrade) == "abandon")
        #expect(session.isOpen)
    }

    @Test("refuses candidates when it is on WebSocket, closed, or may not upgrade")
    func refused() {
        let webSocket = SessionBench(.websocket)
        #expect(!webSocket.candidateArrived())
        let closed = SessionBench()
        _ = closed.close(.forcedClose)
        #expect(!closed.candidateArrived())
        let fixed = SessionBench(allowsUpgrade: false)
        #expect(!fixed.candidateArrived())
    }

    @Test("a session that ends takes its candidate with it")
    func ends() {
        let session = SessionBench()
        #expect(session.candidateArrived())
        _ = session.close(.forcedClose)
        #expect(session.candidate(.upgrade) == "abandon")
    }
}
