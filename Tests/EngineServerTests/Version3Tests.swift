import EngineServer
import Testing

@Suite("Revision 3 over sockets")
struct Version3Tests {
    static let polling = "/engine.io/?EIO=3&transport=polling"
    static let webSocket = "/engine.io/?EIO=3&transport=websocket"

    func run(
        loops: Int = 1, configure: @escaping (inout EngineConfiguration) -> Void = { _ in },
        _ test: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run(
            loops: loops,
            configure: {
                $0.allowEIO3 = true
                configure(&$0)
            }, test)
    }

    /// Opens a polling session.
    /// - Returns: the target of its requests.
    func open(_ server: TestServer, _ client: RawClient, items: String = "") async throws -> String {
        let response = try await client.exchange("GET", Self.polling + items)
        let parts = response.body.split(separator: ":", maxSplits: 1)
        try #require(response.status == 200 && parts.count == 2)
        return Self.polling + items + "&sid=" + (try server.sessionID(String(parts[1])))
    }

    func postBinary(_ body: [UInt8], to target: String, _ client: RawClient) async throws -> RawResponse {
        client.send(
            Array(
                """
                POST \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n\
                Content-Length: \(body.count)\r\n\r\n
                """.utf8) + body)
        return try await client.response()
    }

    @Test("is refused unless it is allowed", arguments: ["EIO=3&", ""])
    func off(item: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let refusal = try await client.exchange("GET", "/engine.io/?\(item)transport=polling")
            #expect(refusal.status == 400)
            #expect(refusal.body == #"{"code":5,"message":"Unsupported protocol version"}"#)
        }
    }

    @Test("opens a session with a length before the packet, and leaves sessions of revision 4 alone")
    func opens() async throws {
        try await run { server in
            let client = try await server.connect()
            let response = try await client.exchange("GET", Self.polling)
            #expect(response.body.hasPrefix(#"121:0{"sid":"TESTABA"#))
            #expect(
                response.body.hasSuffix(
                    #","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#))
            #expect(response.headers["content-type"] == "text/plain; charset=UTF-8")
            _ = try await server.openPolling(client)
        }
    }

    @Test("echoes text, and binary in binary payloads; answers pings", arguments: [1, 2])
    func polling(loops: Int) async throws {
        try await run(loops: loops) { server in
            let (get, post) = (try await server.connect(), try await server.connect())
            let target = try await open(server, get)
            #expect(try await post.exchange("POST", target, body: "4:4ä😀1:2").body == "ok")
            #expect(try await get.exchange("GET", target).body == "4:4ä😀1:3")
            let payload: [UInt8] = [0, 3, 0xFF] + Array("4ä".utf8) + [1, 3, 0xFF, 4, 1, 2]
            let accepted = try await postBinary(payload, to: target, post)
            #expect(accepted.body == "ok")
            let answer = try await get.exchange("GET", target)
            #expect(answer.headers["content-type"] == "application/octet-stream")
            #expect(answer.body == "\u{0}\u{3}\u{FFFD}4ä\u{1}\u{3}\u{FFFD}\u{4}\u{1}\u{2}")
            #expect(try await postBinary([0, 9, 0xFF, 4], to: target, post).status == 400)
            #expect(await server.reports.next() == "opened from 127.0.0.1")
            #expect(await server.reports.next() == "closed: parse error")
        }
    }

    @Test("sends binary as base64 to clients that ask for it, on both transports")
    func base64() async throws {
        try await run { server in
            let client = try await server.connect()
            let target = try await open(server, client, items: "&b64=1")
            #expect(try await client.exchange("POST", target, body: "10:b4AQIDBA==").body == "ok")
            #expect(try await client.exchange("GET", target).body == "10:b4AQIDBA==")
            let webSocket = try await server.connect()
            try await webSocket.upgrade(Self.webSocket + "&b64=1")
            _ = try await webSocket.frame()
            webSocket.sendFrame(0x2, [4, 1, 2, 3, 4])
            #expect(try await webSocket.frame() == .text("b4AQIDBA=="))
        }
    }

    @Test("writes the packet type before binary WebSocket messages, in both directions")
    func webSocket() async throws {
        try await run { server in
            let client = try await server.connect()
            try await client.upgrade(Self.webSocket)
            guard case .text(let open) = try await client.frame() else { throw RawClient.Closed() }
            _ = try server.sessionID(open)
            client.sendFrame("2")
            client.sendFrame("4é")
            client.sendFrame(0x2, [4, 1, 2])
            #expect(try await client.frame() == .text("3"))
            #expect(try await client.frame() == .text("4é"))
            #expect(try await client.frame() == .binary([4, 1, 2]))
            client.sendFrame(0x2, [1, 2])
            #expect(try await client.frame() == .text("1"))
        }
    }

    @Test("upgrades, with what is queued in the form of WebSocket", arguments: [1, 2])
    func upgrades(loops: Int) async throws {
        try await run(loops: loops) { server in
            let (get, webSocket) = (try await server.connect(), try await server.connect())
            let target = try await open(server, get)
            try await webSocket.upgrade(target.replacing("polling", with: "websocket"))
            webSocket.sendFrame("2probe")
            #expect(try await webSocket.frame() == .text("3probe"))
            #expect(try await get.exchange("GET", target).body == "1:6")
            #expect(try await get.exchange("POST", target, body: "10:b4AQIDBA==").body == "ok")
            webSocket.sendFrame("5")
            #expect(try await webSocket.frame() == .binary([4, 1, 2, 3, 4]))
            webSocket.sendFrame("2")
            #expect(try await webSocket.frame() == .text("3"))
            #expect(try await get.exchange("GET", target).status == 400)
        }
    }

    @Test("ends a session whose client does not ping; pings keep one open")
    func heartbeat() async throws {
        let times: (inout EngineConfiguration) -> Void = {
            $0.pingInterval = .milliseconds(100)
            $0.pingTimeout = .milliseconds(100)
        }
        try await run(configure: times) { server in
            let client = try await server.connect()
            try await client.upgrade(Self.webSocket)
            _ = try await client.frame()
            client.sendFrame("2")
            #expect(try await client.frame() == .text("3"))
            #expect(try await client.frame() == .text("1"))
            #expect(await server.reports.next() == "opened from 127.0.0.1")
            #expect(await server.reports.next() == "closed: ping timeout")
        }
    }

    @Test("answers JSONP polls with scripts and takes forms", arguments: [1, 2])
    func jsonp(loops: Int) async throws {
        try await run(loops: loops) { server in
            let (get, post) = (try await server.connect(), try await server.connect())
            let opened = try await get.exchange("GET", Self.polling + "&j=3")
            #expect(opened.headers["content-type"] == "text/javascript; charset=UTF-8")
            let start = #"___eio[3]("121:0{\"sid\":\""#
            try #require(opened.body.hasPrefix(start) && opened.body.hasSuffix(#"}");"#))
            let target = Self.polling + "&j=3&sid=" + opened.body.dropFirst(start.count).prefix(23)
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let accepted = try await post.exchange("POST", target, headers: form, body: "d=4%3A4%22%5Cn%2B")
            #expect(accepted.body == "ok")
            #expect(try await get.exchange("GET", target).body == #"___eio[3]("4:4\"\n+");"#)
            #expect(try await post.exchange("POST", target, headers: form, body: "x=2%3A4a").status == 400)
        }
    }

    @Test("offers JSONP only where any page may connect, since its requests have no origin")
    func jsonpOrigin() async throws {
        try await run(configure: { $0.origins = .list(["http://a.example"], sameOrigin: true) }) { server in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", Self.polling + "&j=0").status == 403)
            #expect(try await client.exchange("GET", Self.polling).status == 200)
        }
    }
}
