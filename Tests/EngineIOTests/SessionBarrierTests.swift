import NIOCore
import Testing

@testable import EngineIO

@Suite("Session: barriers")
struct SessionBarrierTests {
    @Test("a barrier is an extra ping; the heartbeat does not notice", arguments: [Transport.polling, .websocket])
    func passes(_ transport: Transport) {
        let session = SessionBench(transport)
        #expect(session.barrier() == "ping")
        #expect(session.packet(.message(.text(ByteBuffer()))) == "message")
        #expect(session.packet(.pong, at: .seconds(3)) == "passed")
        #expect(session.heartbeatDue == .seconds(25))
        #expect(session.packet(.pong, at: .seconds(4)) == "none")
    }

    @Test("pongs are told apart by counting: the heartbeat's ping was first")
    func afterHeartbeat() {
        let session = SessionBench(.websocket)
        #expect(session.time(.seconds(25)) == "ping")
        #expect(session.barrier() == "ping")
        #expect(session.packet(.pong, at: .seconds(26)) == "pong")
        #expect(session.heartbeatDue == .seconds(51))
        #expect(session.packet(.pong, at: .seconds(27)) == "passed")
        #expect(session.heartbeatDue == .seconds(51))
    }

    @Test("pongs are told apart by counting: the heartbeat's ping comes between two barriers")
    func beforeHeartbeat() {
        let session = SessionBench(.websocket)
        #expect(session.barrier() == "ping")
        #expect(session.time(.seconds(25)) == "ping")
        #expect(session.barrier() == "ping")
        #expect(["passed", "pong", "passed", "none"] == (0..<4).map { _ in session.packet(.pong, at: .seconds(26)) })
    }

    @Test("a client that answers nothing times out as it would without barriers")
    func timesOut() {
        let session = SessionBench(.websocket)
        #expect(session.barrier() == "ping")
        #expect(session.time(.seconds(25)) == "ping")
        #expect(session.time(.seconds(45)) == "ping timeout ws closePacket")
        #expect(session.barrier() == "impossible")
    }

    @Test("a client that owes too many pongs is taken for dead")
    func bounded() {
        let session = SessionBench(.websocket)
        for _ in 0..<Session.awaitedPongLimit { #expect(session.barrier() == "ping") }
        #expect(session.barrier() == "ping timeout ws closePacket")
    }

    @Test("a barrier that was raised on polling is passed on the WebSocket of the upgrade")
    func upgrade() {
        let session = SessionBench()
        #expect(session.candidateArrived())
        #expect(session.candidate(.ping(isProbe: true)) == "probe -")
        #expect(session.barrier() == "ping")
        #expect(session.candidate(.upgrade) == "upgraded  poll -")
        #expect(session.packet(.pong) == "passed")
    }

    @Test("clients of revision 3 are not pinged by servers")
    func revision3() {
        let session = SessionBench(.websocket, version3: Version3(query: QueryString(target: "/?EIO=3")))
        #expect(session.barrier() == "impossible")
        #expect(session.isOpen)
    }
}
