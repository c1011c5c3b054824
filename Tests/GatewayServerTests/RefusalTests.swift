import GatewayServer
import TestSupport
import Testing

@Suite("What the gateway refuses", .timeLimit(.minutes(1)))
struct RefusalTests {
    @Test("malformed requests are answered with an error and the connection closed", arguments: MalformedRequest.all)
    func malformed(request: MalformedRequest) async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            #expect(try await client.request("GET /echo").status == 200)
            try await client.send(request.text)
            let answer = try await client.answer()
            #expect(answer.status == request.status)
            #expect(answer.headers["connection"] == "close")
            #expect(await client.rest() == "")
            let other = try await cluster.request("GET /echo")
            #expect(other.status == 200)
        }
    }

    @Test("a client cannot hide where its request ends")
    func hiddenLength() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            let hidden = "GET /echo?hidden HTTP/1.1\r\nHost: b\r\n\r\n"
            let headers = "Connection: Content-Length, Host\r\n"
            let answer = try await client.request("POST /echo", headers: headers, body: hidden)
            #expect(answer.body.hasPrefix("POST /echo \(hidden.utf8.count)\n"))
            #expect(answer.body.contains("host: test"))
            #expect(try await client.request("GET /echo?next").body.hasPrefix("GET /echo?next 0\n"))
        }
    }

    @Test(
        "heads that are too large are answered by 431, whether they end or not",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 2_000))\r\n\r\n",
            "GET /\(String(repeating: "x", count: 2_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /\(String(repeating: "x", count: 2_000))",
            "GET / HTTP/1.1\r\n\((0..<101).map { "X\($0): 1\r\n" }.joined())\r\n",
        ])
    func largeHead(text: String) async throws {
        try await Cluster.run(1) {
            $0.clients.headBytes = 1_024
        } then: { cluster in
            let client = try await cluster.client()
            try await client.send(text)
            #expect(try await client.answer().status == 431)
        }
    }

    @Test("a head that does not come to its end in time is answered by 408; a silent connection is closed")
    func slowHead() async throws {
        try await Cluster.run(1) {
            $0.clients.headTimeout = .milliseconds(50)
        } then: { cluster in
            let client = try await cluster.client()
            try await client.send("GET / HTTP/1.1\r\nHo")
            #expect(try await client.answer().status == 408)
            #expect(await client.rest() == "")
            #expect(try await cluster.client().rest() == "")
        }
    }

    @Test("a body that stands still is given up")
    func slowBody() async throws {
        try await Cluster.run(1) {
            $0.clients.bodyTimeout = .milliseconds(50)
        } then: { cluster in
            let client = try await cluster.client()
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123")
            #expect(try await client.answer().status == 408)
        }
    }

    @Test("bodies over the limit are answered by 413, announced or not")
    func largeBody() async throws {
        try await Cluster.run(1) {
            $0.clients.bodyBytes = 8
        } then: { cluster in
            let client = try await cluster.client()
            #expect(try await client.request("POST /echo", body: "12345678").status == 200)
            #expect(try await client.request("POST /echo", body: "123456789").status == 413)
            let other = try await cluster.client()
            try await other.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n")
            #expect(try await other.answer().status == 413)
        }
    }

    @Test("the gateway opens no connections to others")
    func connect() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            try await client.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n")
            #expect(try await client.answer().status == 405)
        }
    }

    @Test("connections over the limit are closed")
    func manyConnections() async throws {
        try await Cluster.run(1) {
            $0.clients.connections = 1
        } then: { cluster in
            let client = try await cluster.client()
            #expect(try await client.request("GET /echo").status == 200)
            let other = try await cluster.client()
            #expect(await other.rest() == "")
            #expect(try await client.request("GET /echo").status == 200)
        }
    }
}
