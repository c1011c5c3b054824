import EngineIO
import EngineServer
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// Answers with what it was asked.
private struct Mirror: HTTPResponder {
    func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        HTTPServerResponse(
            status: .ok, headers: ["x-method": request.head.method.rawValue, "x-bad": "a\r\nb: c"],
            body: ByteBuffer(string: "\(request.head.uri) \(String(buffer: request.body))"))
    }
}

@Suite("HTTP server")
struct HTTPServerTests {
    @Test("refuses bad handshakes with the reference server's errors")
    func handshakeErrors() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            for (method, target, status, body) in [
                ("GET", "/engine.io/?EIO=4", 400, #"{"code":0,"message":"Transport unknown"}"#),
                ("GET", TestServer.polling + "&sid=abc", 400, #"{"code":1,"message":"Session ID unknown"}"#),
                (
                    "GET", TestServer.polling + "&sid=TESTABAAAAAAAAAAAAAAAAA", 400,
                    #"{"code":1,"message":"Session ID unknown"}"#
                ),
                ("PUT", TestServer.polling, 400, #"{"code":2,"message":"Bad handshake method"}"#),
                ("GET", TestServer.webSocket, 400, #"{"code":3,"message":"Bad request"}"#),
                ("GET", "/engine.io?transport=polling", 400, #"{"code":5,"message":"Unsupported protocol version"}"#),
            ] {
                let response = try await client.exchange(method, target)
                #expect(response.status == status)
                #expect(response.body == body)
                #expect(response.headers["content-type"] == "application/json")
            }
            #expect(server.engine.metrics.refused >= 4)
        }
    }

    @Test("hands everything else to the responder, and answers 404 without one")
    func responder() async throws {
        try await TestServer.run(responder: Mirror()) { server in
            let client = try await server.connect()
            let response = try await client.exchange("POST", "/x?y", body: "body")
            #expect(response.body == "/x?y body")
            #expect(response.headers["x-method"] == "POST")
            #expect(response.headers["x-bad"] == nil && response.headers["b"] == nil)
            let head = try await client.exchange("HEAD", "/x")
            #expect(head.headers["content-length"] == "3")
            #expect(try await client.exchange("GET", "/y").body == "/y ")
        }
        try await TestServer.run { server in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", "/").status == 404)
        }
    }

    @Test("answers pipelined requests in order, behind a poll that is pending", arguments: [1, 2])
    func pipelined(loops: Int) async throws {
        try await TestServer.run(loops: loops, responder: Mirror()) { server in
            let (client, other) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            client.request("GET", "/1")
            client.request("GET", target)
            client.request("GET", "/2")
            client.request("POST", "/3", body: "x")
            #expect(try await client.response().body == "/1 ")
            #expect(try await other.exchange("POST", target, body: "4a").body == "ok")
            #expect(try await client.response().body == "4a")
            #expect(try await client.response().body == "/2 ")
            #expect(try await client.response().body == "/3 x")
        }
    }

    @Test("cuts a client that pipelines without end")
    func tooManyRequests() async throws {
        var limits = HTTPLimits()
        limits.maxPipelinedRequests = 5
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            for _ in 0..<7 { client.request("GET", target) }
            try await client.receiveEnd()
        }
    }

    @Test("keeps connections as the client wants them")
    func keepAlive() async throws {
        try await TestServer.run(responder: Mirror()) { server in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", "/1").headers["connection"] == nil)
            let last = try await client.exchange("GET", "/2", headers: ["Connection": "close"])
            #expect(last.headers["connection"] == "close")
            try await client.receiveEnd()
            let old = try await server.connect()
            old.send("GET /3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try await old.response().headers["connection"] == "keep-alive")
            old.send("GET /4 HTTP/1.0\r\n\r\n")
            #expect(try await old.response().body == "/4 ")
            try await old.receiveEnd()
        }
    }

    @Test("refuses malformed requests and closes", arguments: MalformedRequest.all)
    func malformed(request: MalformedRequest) async throws {
        try await refuses(request.text, with: request.status)
    }

    @Test("refuses bodies that are announced as too long, and closes behind a wish for another protocol")
    func refused() async throws {
        try await refuses("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n", with: 413)
        try await refuses("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775807\r\n\r\n", with: 413)
        try await refuses("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", with: 200)
    }

    /// A request on a connection that has served one already is answered so, and is the last.
    private func refuses(_ text: String, with status: Int) async throws {
        try await TestServer.run(responder: Mirror()) { server in
            let client = try await server.connect()
            client.request("GET", "/first")
            #expect(try await client.response().status == 200)
            client.send(text)
            let response = try await client.response()
            #expect(response.status == status)
            #expect(response.headers["connection"] == "close")
            try await client.receiveEnd()
        }
    }

    @Test("understands a whole address as its target, empty lines between requests, and what arrives in pieces")
    func lenient() async throws {
        try await TestServer.run(responder: Mirror()) { server in
            let client = try await server.connect()
            let target = "http://localhost" + TestServer.polling
            _ = try server.sessionID(try await client.exchange("GET", target).body)
            client.send("\r\n\r\nPOST /x HTTP/1.1\r\nHost: x\r\nContent-Len")
            client.send("gth: 1\r\n\r\nx\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.response().body == "/x x")
            #expect(try await client.response().body == "/y ")
        }
    }

    @Test("refuses a chunked body as soon as it is too long, and asks for one that is announced")
    func bodies() async throws {
        var limits = HTTPLimits()
        limits.maxBodyBytes = 10
        try await TestServer.run(limits: limits, responder: Mirror()) { server in
            let client = try await server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n")
            client.send("5\r\nabcde\r\n")
            #expect(try await client.response().status == 413)
            try await client.receiveEnd()
            let other = try await server.connect()
            other.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(try await other.response().status == 100)
            other.send("abc")
            #expect(try await other.response().body == "/a abc")
        }
    }

    @Test("closes connections that dawdle over a head or a body, or have nothing to say")
    func deadlines() async throws {
        var limits = HTTPLimits()
        limits.headTimeout = .milliseconds(50)
        try await TestServer.run(limits: limits, responder: Mirror()) { server in
            let silent = try await server.connect()
            #expect(try await silent.receiveEnd() == "")
            let slowHead = try await server.connect()
            slowHead.send("GET / HT")
            #expect(try await slowHead.receiveEnd() == "")
        }
        limits = HTTPLimits()
        limits.bodyTimeout = .milliseconds(50)
        limits.keepAliveTimeout = .milliseconds(50)
        try await TestServer.run(limits: limits, responder: Mirror()) { server in
            let slowBody = try await server.connect()
            slowBody.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
            #expect(try await slowBody.response().status == 408)
            try await slowBody.receiveEnd()
            let idle = try await server.connect()
            #expect(try await idle.exchange("GET", "/").status == 200)
            #expect(try await idle.receiveEnd() == "")
        }
    }

    @Test("refuses sessions and connections over the limits")
    func limits() async throws {
        var limits = HTTPLimits()
        limits.maxConnections = 2
        try await TestServer.run(limits: limits, configure: { $0.maxSessions = 1 }) { server in
            let client = try await server.connect()
            _ = try await server.openPolling(client)
            #expect(try await client.exchange("GET", TestServer.polling).status == 503)
            let second = try await server.connect()
            #expect(try await second.upgrade(TestServer.webSocket).status == 503)
        }
        limits.maxConnections = 1
        try await TestServer.run(limits: limits) { server in
            let first = try await server.connect()
            #expect(try await first.exchange("GET", "/").status == 404)
            let second = try await server.connect()
            #expect(try await second.receiveEnd() == "")
            #expect(try await first.exchange("GET", "/").status == 404)
        }
    }

    @Test("refuses handshakes while the layer above takes no sessions")
    func unwelcome() async throws {
        try await TestServer.run(acceptsSessions: false) { server in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", TestServer.polling).status == 503)
            #expect(try await client.upgrade(TestServer.webSocket).status == 503)
        }
    }

    @Test("a shutdown ends sessions and idle connections, and tells the clients")
    func shutdown() async throws {
        try await TestServer.run { server in
            let (polling, idle, webSocket) = (
                try await server.connect(), try await server.connect(), try await server.openWebSocket()
            )
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(polling))
            #expect(try await idle.exchange("GET", "/").status == 404)
            try await polling.beginPoll(target)
            await server.engine.close(.serverShuttingDown)
            #expect(try await webSocket.frame() == .close(1000))
            for _ in 0..<2 { _ = await server.reports.next() }
            for _ in 0..<2 { #expect(await server.reports.next() == "closed: server shutting down") }
            #expect(try await idle.exchange("GET", TestServer.polling).status == 503)
            #expect(try await polling.response().body == "1")
        }
    }
}
