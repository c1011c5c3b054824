import NIOCore
import Testing

@testable import EngineIO

@Suite("Session: packets, sending, time")
struct SessionTests {
    @Test("messages of a WebSocket are packets; one that is none ends the session, and after the end nothing does")
    func messages() {
        let bench = SessionBench(.websocket)
        #expect(bench.message(.text(ByteBuffer(string: "4hello"))) == "message")
        #expect(bench.message(.binary(ByteBuffer(bytes: [1, 2]))) == "message")
        #expect(bench.message(.text(ByteBuffer(string: "6"))) == "none")
        #expect(bench.message(.text(ByteBuffer(string: "x"))) == "parse error ws closePacket")
        #expect(bench.message(.text(ByteBuffer(string: "x"))) == "none")
        #expect(bench.message(.text(ByteBuffer(string: "4hello"))) == "none")
    }

    @Test("hands messages up and ignores what only clients get")
    func packets() {
        let session = SessionBench(.websocket)
        #expect(session.packet(.message(.text(ByteBuffer()))) == "message")
        for packet in [Packet.open, .upgrade, .noop, .pong] { #expect(session.packet(packet) == "none") }
        #expect(session.isOpen)
    }

    @Test("ends when the client closes or pings")
    func ends() {
        let polling = SessionBench()
        #expect(polling.poll() == "hold")
        #expect(polling.packet(.close) == "transport close poll 6 ws closeFrame")
        #expect(polling.packet(.message(.text(ByteBuffer()))) == "none")
        #expect(polling.poll() == "refuse")
        let webSocket = SessionBench(.websocket)
        #expect(webSocket.packet(.close) == "transport close ws closeFrame")
        let pinged = SessionBench(.websocket)
        #expect(pinged.packet(.ping(isProbe: false)) == "transport error ws closePacket")
        let malformed = SessionBench()
        #expect(malformed.poll() == "hold")
        #expect(malformed.malformed() == "parse error poll 1 ws closePacket")
        #expect(malformed.malformed() == nil)
    }

    @Test("a client's close packet that overtakes its poll: the poll is answered, and nothing after it")
    func overtaken() {
        let session = SessionBench()
        #expect(session.packet(.close) == "transport close ws closeFrame lingers")
        #expect(session.poll() == "last 6")
        #expect(session.poll() == "refuse")
    }

    @Test("writes to a WebSocket at once and drops only what is volatile")
    func webSocket() {
        let session = SessionBench(.websocket)
        #expect(session.send("a") == "write")
        #expect(session.send("a", volatile: true) == "write")
        #expect(session.send("a", volatile: true, isBlocked: true) == "dropped")
        #expect(session.send("a", isBlocked: true) == "write")
        #expect(session.webSocketClosed(.transportClose) == "transport close ws none")
        #expect(session.send("a") == "dropped")
        #expect(session.webSocketClosed(.transportError) == nil)
    }

    @Test("cuts a WebSocket whose client does not read")
    func slowWebSocket() {
        let session = SessionBench(.websocket)
        #expect(session.webSocketClosed(.slowConsumer) == "slow consumer ws cut")
    }

    @Test("ends when more is queued than may be")
    func overflow() {
        let session = SessionBench()
        let text = String(repeating: "x", count: 490)
        #expect(session.send(text) == "queued")
        #expect(session.send(text) == "queued")
        #expect(session.send(text) == "slow consumer ws cut")
        #expect(session.poll() == "refuse")
    }

    @Test("pings, and ends without a pong")
    func heartbeat() {
        let session = SessionBench()
        #expect(session.poll() == "hold")
        #expect(session.time(.seconds(24)) == "none")
        #expect(session.time(.seconds(25)) == "ping")
        #expect(session.heartbeatDue == .seconds(45))
        #expect(session.time(.seconds(30)) == "none")
        #expect(session.packet(.pong, at: .seconds(30)) == "pong")
        #expect(session.packet(.pong, at: .seconds(31)) == "none")
        #expect(session.heartbeatDue == .seconds(55))
        #expect(session.time(.seconds(55)) == "ping")
        #expect(session.time(.seconds(75)) == "ping timeout poll 1 ws closePacket")
        #expect(session.time(.seconds(500)) == "none")
    }

    @Test("closes with the packet 1 where there is somebody to take it")
    func close() {
        let webSocket = SessionBench(.websocket)
        #expect(webSocket.close(.forcedServerClose) == "forced server close ws closePacket")
        let polling = SessionBench()
        #expect(polling.poll() == "hold")
        #expect(polling.send("bye") == "ready")
        #expect(
            polling.close(.serverShuttingDown)
                == "server shutting down poll 4bye\u{1E}1 ws closeFrame")
        #expect(polling.close(.forcedClose) == nil)
    }

    @Test("a closed polling session waits for the poll that takes the rest")
    func lingers() {
        let session = SessionBench()
        #expect(session.send("bye") == "queued")
        #expect(session.close(.forcedClose, now: .seconds(5)) == "forced close ws closePacket lingers")
        #expect(session.send("more") == "dropped")
        #expect(session.post() == "ignore")
        #expect(session.poll() == "last 4bye\u{1E}1")
        #expect(session.poll() == "refuse")
        #expect(session.post() == "refuse")
    }

    @Test("but not for ever, and not when the server goes down")
    func lingersNot() {
        let session = SessionBench()
        #expect(session.close(.forcedClose, now: .seconds(5)) == "forced close ws closePacket lingers")
        #expect(session.time(.seconds(34)) == "none")
        #expect(session.time(.seconds(35)) == "forget")
        #expect(session.poll() == "refuse")
        let other = SessionBench()
        #expect(other.close(.serverShuttingDown) == "server shutting down ws closeFrame")
    }
}
