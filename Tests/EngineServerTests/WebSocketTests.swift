import EngineServer
import Testing

@Suite("WebSocket over sockets")
struct WebSocketTests {
    @Test("opens a session without upgrades and echoes text and binary messages")
    func echo() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let response = try await client.upgrade(TestServer.webSocket)
            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            guard case .text(let open) = try await client.frame() else { throw RawClient.Closed() }
            #expect(open.contains(#""upgrades":[],"#))
            client.sendFrame("4hello")
            #expect(try await client.frame() == .text("4hello"))
            client.sendFrame(0x2, [1, 2, 3, 4])
            #expect(try await client.frame() == .binary([1, 2, 3, 4]))
        }
    }

    @Test("reads frames that come together with the handshake, and in small pieces")
    func pieces() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            // Behind the head, in the same segment: "4hi", masked with zeros.
            client.send(
                "GET \(TestServer.webSocket) HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u{1}\u{1}")
            #expect(try await client.response().status == 101)
            // 0x01 0x01: a first fragment without a mask is a violation, so the close frame proves that it was read.
            guard case .text = try await client.frame() else { throw RawClient.Closed() }
            #expect(try await client.frame() == .close(1002))
            try await client.receiveEnd()
            let other = try await server.openWebSocket()
            for byte: UInt8 in [0x81, 0x83, 0, 0, 0, 0, 0x34, 0x68, 0x69] { other.send([byte]) }
            #expect(try await other.frame() == .text("4hi"))
        }
    }

    @Test("joins fragments and answers pings between them")
    func fragments() async throws {
        try await TestServer.run { server in
            let client = try await server.openWebSocket()
            client.sendFrame(0x1, Array("4he".utf8), isFinal: false)
            client.sendFrame(0x9, Array("p".utf8))
            client.sendFrame(0x0, Array("llo".utf8))
            #expect(try await client.frame() == .pong("p"))
            #expect(try await client.frame() == .text("4hello"))
        }
    }

    @Test("echoes messages of every size in order")
    func sizes() async throws {
        try await TestServer.run { server in
            let client = try await server.openWebSocket()
            let texts = [0, 124, 125, 4000, 4096, 5000, 65_534, 65_535, 999_000].map {
                "4" + String(repeating: "x", count: $0)
            }
            for text in texts { client.sendFrame(text) }
            for text in texts { #expect(try await client.frame() == .text(text)) }
        }
    }

    @Test(
        "closes with the code of the violation",
        arguments: [([0x81, 0x00], 1002), ([0xC1, 0x80, 0, 0, 0, 0], 1002), ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007)]
            as [([UInt8], UInt16)])
    func violations(bytes: [UInt8], code: UInt16) async throws {
        try await TestServer.run { server in
            let client = try await server.openWebSocket()
            client.send(bytes)
            #expect(try await client.frame() == .close(code))
            try await client.receiveEnd()
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport error")
        }
    }

    @Test("closes when a message is longer than the payload limit")
    func tooBig() async throws {
        try await TestServer.run(configure: { $0.maxPayload = 100 }) { server in
            let client = try await server.openWebSocket()
            client.sendFrame("4" + String(repeating: "x", count: 100))
            #expect(try await client.frame() == .close(1009))
        }
    }

    @Test("ends the session upon an invalid packet, a ping of the client and the packet 1")
    func packets() async throws {
        try await TestServer.run { server in
            for (packet, reason, tells) in [
                ("abc", "parse error", true), ("2", "transport error", true), ("1", "transport close", false),
            ] {
                let client = try await server.openWebSocket()
                client.sendFrame(packet)
                if tells { #expect(try await client.frame() == .text("1")) }
                #expect(try await client.frame() == .close(1000))
                try await client.receiveEnd()
                _ = await server.reports.next()
                #expect(await server.reports.next() == "closed: \(reason)")
            }
        }
    }

    @Test("answers a close frame with its code, and notices a connection that is simply cut")
    func closedByClient() async throws {
        try await TestServer.run { server in
            let client = try await server.openWebSocket()
            client.sendFrame("4a")
            client.sendFrame(0x8, [0x0F, 0xA0])
            #expect(try await client.frame() == .text("4a"))
            #expect(try await client.frame() == .close(4000))
            try await client.receiveEnd()
            let other = try await server.openWebSocket()
            await other.close()
            for _ in 0..<2 {
                #expect(await server.reports.next() == "opened from 127.0.0.1")
                #expect(await server.reports.next() == "closed: transport close")
            }
        }
    }

    @Test("sends what is queued, the packet 1 and a close frame when the layer above closes")
    func closedByServer() async throws {
        try await TestServer.run { server in
            let client = try await server.openWebSocket()
            client.sendFrame("4a")
            client.sendFrame("4close")
            client.sendFrame("4b")
            #expect(try await client.frame() == .text("4a"))
            #expect(try await client.frame() == .text("1"))
            #expect(try await client.frame() == .close(1000))
            try await client.receiveEnd()
        }
    }

    @Test("pings, and goes on after the pong")
    func heartbeat() async throws {
        try await TestServer.run(configure: { $0.pingInterval = .milliseconds(30) }) { server in
            let client = try await server.openWebSocket()
            for _ in 0..<3 {
                #expect(try await client.frame() == .text("2"))
                client.sendFrame("3")
            }
        }
    }

    @Test("ends the session when no pong comes")
    func pingTimeout() async throws {
        try await TestServer.run(configure: {
            $0.pingInterval = .milliseconds(30)
            $0.pingTimeout = .milliseconds(30)
        }) { server in
            let client = try await server.openWebSocket()
            #expect(try await client.frame() == .text("2"))
            #expect(try await client.frame() == .text("1"))
            #expect(try await client.frame() == .close(1000))
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: ping timeout")
        }
    }

    @Test("cuts a client that does not read, and nobody else", arguments: [1, 2])
    func slowConsumer(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let neighbour = try await server.openWebSocket()
            let slow = try await server.connect(autoRead: false)
            slow.request(
                "GET", TestServer.webSocket,
                headers: [
                    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                ])
            slow.sendFrame("4flood")
            for _ in 0..<2 { _ = await server.reports.next() }
            #expect(await server.reports.next() == "closed: slow consumer")
            neighbour.sendFrame("4still here")
            #expect(try await neighbour.frame() == .text("4still here"))
            await slow.close()
        }
    }

    @Test("echoes on the plain endpoint, without packets")
    func plainEcho() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            #expect(try await client.upgrade("/ws-echo").status == 101)
            client.sendFrame("abc")
            client.sendFrame(0x2, [9])
            #expect(try await client.frame() == .text("abc"))
            #expect(try await client.frame() == .binary([9]))
            client.sendFrame(0x8, [])
            #expect(try await client.frame() == .close(1000))
            try await client.receiveEnd()
        }
    }

    @Test("refuses handshakes that are none")
    func handshakes() async throws {
        try await TestServer.run { server in
            for (header, value, status) in [
                ("Sec-WebSocket-Key", "short", 400), ("Sec-WebSocket-Version", "8", 426), ("Upgrade", "h2c", 400),
            ] {
                let client = try await server.connect()
                #expect(try await client.upgrade(TestServer.webSocket, headers: [header: value]).status == status)
                try await client.receiveEnd()
            }
            let client = try await server.connect()
            let unknown = try await client.upgrade(TestServer.webSocket + "&sid=nobody")
            #expect(unknown.body == #"{"code":1,"message":"Session ID unknown"}"#)
            try await client.receiveEnd()
        }
    }
}
