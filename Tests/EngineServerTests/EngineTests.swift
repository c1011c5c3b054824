import Figures
import HTTPCodec
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import EngineIO
@testable import EngineServer

@Suite("Engine")
struct EngineTests {
    @Test("session ids name node and shard, and nothing else is taken for one")
    func sessionIDs() {
        let ids = SessionIDs(nodeTag: "abc-_9")
        for shard in [0, 1, 63] {
            let key = SessionKey(random: (1 << 6 | 63, 5))
            let id = ids.id(of: key, shard: shard)
            #expect(id.hasPrefix("abc-_9") && id.hasSuffix("_BAAAAAAFAAAAAAA"))
            #expect(id.count == 23)
            let address = ids.address(of: SessionID(id), shardCount: 64)
            #expect(address?.shard == shard)
            #expect(address?.key == key)
            #expect(ids.id(of: SessionKey(random: (1 << 6 | 63, 6)), shard: shard) != id)
        }
        let highest = SessionKey(random: (.max, .max))
        #expect(ids.id(of: highest, shard: 0) == "abc-_9A" + String(repeating: "_", count: 16))
        #expect(ids.address(of: SessionID(ids.id(of: highest, shard: 0)), shardCount: 1)?.key == highest)
        for id in ["", "abc-_9A", "abc-_8AAAAAAAAAAAAAAAAA", "abc-_9AAAAAAAAAAAAAAAAAA", "abc-_9BAAAAAAAAAAAAAAAA"] {
            #expect(ids.address(of: SessionID(id), shardCount: 1) == nil, "\(id)")
        }
        let known = "abc-_9AAAAAAAAAAAAAAAA"
        #expect(ids.address(of: SessionID(known + "A"), shardCount: 1) != nil)
        for id in ["", "abc-_9A", known, known + "AA", known + "\u{e9}", known + known] {
            #expect(ids.address(of: SessionID(id), shardCount: 1) == nil, "\(id)")
        }
    }

    @Test("settings that make no sense are named")
    func validation() throws {
        try EngineConfiguration().validate()
        let mistakes: [(String, (inout EngineConfiguration) -> Void)] = [
            ("pingInterval", { $0.pingInterval = .zero }), ("pingTimeout", { $0.pingTimeout = .seconds(-1) }),
            ("upgradeTimeout", { $0.upgradeTimeout = .zero }), ("maxPayload", { $0.maxPayload = 0 }),
            ("maxPacketsPerPayload", { $0.maxPacketsPerPayload = 0 }), ("transports", { $0.transports = [] }),
            ("outboundLimit", { $0.outboundLimit = 0 }), ("trustedProxies", { $0.trustedProxies = -1 }),
            ("maxSessions", { $0.maxSessions = 0 }), ("origins", { $0.origins = .list(["HTTP://x"]) }),
            ("cors", { $0.cors.exposedHeaders = ["a\r\nb"] }), ("cors", { $0.cors.maxAge = .seconds(-1) }),
            ("cors", { $0.cors.preflightStatus = 404 }), ("cookie", { $0.cookie = SessionCookie(name: "") }),
            ("hooks.timeout", { $0.hooks.timeout = .zero }),
        ]
        for (setting, mistake) in mistakes {
            var configuration = EngineConfiguration()
            mistake(&configuration)
            do throws(EngineConfigurationError) {
                try configuration.validate()
                Issue.record("\(setting) was accepted")
            } catch {
                #expect(error.setting == setting)
            }
        }
    }

    func handshake(_ headers: HTTPHeaders, trustedProxies: Int) throws -> Handshake {
        let head = try RequestHead.read("GET /x?a=b", headers)
        return EngineRequest(head: head, body: nil, peer: Peer(address: "9.9.9.9")).handshake(
            trustedProxies: trustedProxies, issued: 5)
    }

    @Test("describes the client, believing as many proxies as are trusted")
    func forwarded() throws {
        let headers: HTTPHeaders = ["X-Forwarded-For": "1.1.1.1, 2.2.2.2,3.3.3.3", "X-Forwarded-Proto": "https"]
        #expect(try handshake(headers, trustedProxies: 0).address == "9.9.9.9")
        #expect(try handshake(headers, trustedProxies: 0).secure == false)
        #expect(try handshake(headers, trustedProxies: 1).address == "3.3.3.3")
        #expect(try handshake(headers, trustedProxies: 1).secure)
        #expect(try handshake(headers, trustedProxies: 2).address == "2.2.2.2")
        #expect(try handshake(headers, trustedProxies: 9).address == "1.1.1.1")
        let direct = try handshake(["User-Agent": "x"], trustedProxies: 1)
        #expect(direct.address == "9.9.9.9")
        #expect(direct.header("user-agent") == "x")
        #expect(direct.url == "/x?a=b")
        #expect(direct.query.map(\.name) == ["a"])
    }

    @Test("counts what it does")
    func metrics() async throws {
        try await TestServer.run(loops: 2) { server in
            let webSocket = try await server.openWebSocket()
            for text in ["4a", "4b"] {
                webSocket.sendFrame(text)
                #expect(try await webSocket.frame() == .text(text))
            }
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            #expect(try await client.exchange("POST", target, body: "4volatile").body == "ok")
            #expect(try await client.exchange("POST", target, body: "1").body == "ok")
            webSocket.sendFrame("4close")
            try await webSocket.receiveEnd()
            var expected = EngineMetrics()
            expected.opened = [.websocket: 1, .polling: 1]
            expected.closed = [.transportClose: 1, .forcedServerClose: 1]
            expected.messagesReceived = 4
            expected.messagesSent = 2
            expected.messagesDropped = 1
            expected.pollingBytesReceived = 10
            // At least: three masked frames from the client; two echoes.
            (expected.webSocketBytesReceived, expected.webSocketBytesSent) = (28, 8)
            // Figures are published at the end of a turn of the loop, which may be after the client saw its effect.
            let (engine, final) = (server.engine, expected)
            let isPublished = await eventually { Self.withoutTimes(engine.metrics) == final }
            #expect(isPublished, "\(engine.metrics)")
            #expect(engine.metrics.handshakes.count == 2 && engine.metrics.handshakes.sum > 0)
        }
    }

    /// What does not depend on the machine and the length of session ids.
    private static func withoutTimes(_ metrics: EngineMetrics) -> EngineMetrics {
        var metrics = metrics
        metrics.handshakes = Histogram(.work)
        metrics.webSocketBytesReceived = min(metrics.webSocketBytesReceived, 28)
        metrics.webSocketBytesSent = min(metrics.webSocketBytesSent, 8)
        return metrics
    }
}
