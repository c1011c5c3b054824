import EngineServer
import Testing

@Suite("Upgrade over sockets", .serialized)
struct UpgradeTests {
    @Test("moves a session to WebSocket under traffic: nothing lost, nothing twice, all in order", arguments: [1, 2])
    func traffic(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, webSocket, post) = (
                try await server.connect(), try await server.connect(), try await server.connect()
            )
            let sid = try await server.openPolling(get)
            let target = TestServer.polling + "&sid=" + sid
            #expect(try await webSocket.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            try await get.beginPoll(target)
            #expect(try await post.exchange("POST", target, body: "40\u{1E}41").body == "ok")
            #expect(try await get.response().body == "40\u{1E}41")
            webSocket.sendFrame("2probe")
            #expect(try await webSocket.frame() == .text("3probe"))
            #expect(try await post.exchange("POST", target, body: "42").body == "ok")
            #expect(try await get.exchange("GET", target).body == "42")
            #expect(try await get.exchange("GET", target).body == "6")
            #expect(try await post.exchange("POST", target, body: "43\u{1E}44").body == "ok")
            webSocket.sendFrame("5")
            webSocket.sendFrame("45")
            for number in 3...5 { #expect(try await webSocket.frame() == .text("4\(number)")) }
            #expect(server.engine.metrics.upgraded == 1)
            #expect(server.engine.metrics.sessions == 1 && server.engine.metrics.webSocketSessions == 1)
            let late = try await get.exchange("GET", target)
            #expect(late.body == #"{"code":3,"message":"Bad request"}"#)
            webSocket.sendFrame("46")
            #expect(try await webSocket.frame() == .text("46"))
            await webSocket.close()
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport close")
            #expect(server.engine.metrics.webSocketSessions == 0)
        }
    }

    @Test("releases a pending poll with a noop when the probe comes", arguments: [1, 2])
    func noop(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, webSocket) = (try await server.connect(), try await server.connect())
            let sid = try await server.openPolling(get)
            try await get.beginPoll(TestServer.polling + "&sid=" + sid)
            #expect(try await webSocket.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            webSocket.sendFrame("2probe")
            #expect(try await webSocket.frame() == .text("3probe"))
            #expect(try await get.response().body == "6")
        }
    }

    @Test("closes a second WebSocket of the same session; the first goes on", arguments: [1, 2])
    func second(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, first, second) = (
                try await server.connect(), try await server.connect(), try await server.connect()
            )
            let sid = try await server.openPolling(get)
            for client in [first, second] {
                #expect(try await client.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            }
            #expect(try await second.frame() == .close(1000))
            try await second.receiveEnd()
            for packet in ["2probe", "5", "4a"] { first.sendFrame(packet) }
            #expect(try await first.frame() == .text("3probe"))
            #expect(try await first.frame() == .text("4a"))
        }
    }

    @Test("stays on polling when the WebSocket misbehaves or goes away", arguments: [1, 2])
    func abandoned(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, first, second) = (
                try await server.connect(), try await server.connect(), try await server.connect()
            )
            let sid = try await server.openPolling(get)
            let target = TestServer.polling + "&sid=" + sid
            #expect(try await first.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            first.sendFrame("4too early")
            #expect(try await first.frame() == .close(1000))
            #expect(try await second.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            second.sendFrame("2probe")
            #expect(try await second.frame() == .text("3probe"))
            second.sendFrame(0x8, [])
            #expect(try await second.frame() == .close(1000))
            #expect(try await get.exchange("POST", target, body: "4a").body == "ok")
            #expect(try await get.exchange("GET", target).body == "4a")
        }
    }

    @Test("closes a WebSocket that does not complete its upgrade in time")
    func timeout() async throws {
        try await TestServer.run(configure: { $0.upgradeTimeout = .milliseconds(50) }) { server in
            let (get, webSocket) = (try await server.connect(), try await server.connect())
            let sid = try await server.openPolling(get)
            #expect(try await webSocket.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            #expect(try await webSocket.frame() == .close(1000))
            try await webSocket.receiveEnd()
            #expect(server.engine.sessionCount == 1)
        }
    }

    @Test("a session that is closed takes its WebSocket on another loop with it", arguments: [1, 2])
    func closed(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, webSocket) = (try await server.connect(), try await server.connect())
            let sid = try await server.openPolling(get)
            #expect(try await webSocket.upgrade(TestServer.webSocket + "&sid=" + sid).status == 101)
            for packet in ["2probe", "5", "4a", "4close"] { webSocket.sendFrame(packet) }
            for text in ["3probe", "4a", "1"] { #expect(try await webSocket.frame() == .text(text)) }
            #expect(try await webSocket.frame() == .close(1000))
            try await webSocket.receiveEnd()
        }
    }
}
