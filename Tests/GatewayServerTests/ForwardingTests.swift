import GatewayServer
import Testing

@Suite("What the gateway forwards", .timeLimit(.minutes(1)))
struct ForwardingTests {
    @Test("the node is told who asked, and hop-by-hop headers stay behind, in both directions")
    func headers() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            let answer = try await client.request(
                "GET /echo",
                headers: """
                    X-Forwarded-For: 10.0.0.1\r
                    X-Forwarded-For: 10.0.0.2\r
                    X-Forwarded-Proto: https\r
                    X-Forwarded-Host: evil\r
                    Connection: keep-alive, X-Private\r
                    X-Private: 1\r
                    Keep-Alive: 5\r
                    TE: trailers\r
                    Upgrade: h2c\r
                    X-Kept: a b\r

                    """)
            let lines = Set(answer.body.split(separator: "\n").map(String.init))
            let expected: Set = [
                "GET /echo 0", "host: test", "x-kept: a b", "x-forwarded-for: 10.0.0.1, 10.0.0.2, 127.0.0.1",
                "x-forwarded-proto: http", "x-forwarded-host: test",
            ]
            #expect(lines == expected)
            #expect(answer.headers["x-node"] == "NODE-0")
            #expect(answer.headers["x-secret"] == nil)
            #expect(answer.headers["keep-alive"] == nil)
        }
    }

    @Test("behind a trusted proxy, what it says about the client's request is kept")
    func trusted() async throws {
        try await Cluster.run(1) {
            $0.trustsForwarded = true
        } then: { cluster in
            let answer = try await cluster.request(
                "GET /echo", headers: "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example\r\n")
            #expect(answer.body.contains("x-forwarded-proto: https"))
            #expect(answer.body.contains("x-forwarded-host: a.example"))
            #expect(!answer.body.contains("x-forwarded-host: test"))
        }
    }

    @Test("requests sent ahead are answered in order, whichever node answers")
    func pipelining() async throws {
        try await Cluster.run(2) { cluster in
            let client = try await cluster.client()
            var text = ""
            for number in 0..<50 {
                let body = number % 3 == 0 ? "" : "12345"
                text += "POST /echo?n=\(number)&sid=NODE-\(number % 2)x HTTP/1.1\r\nHost: test\r\n"
                text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            text += "GET /echo?sid=gone HTTP/1.1\r\nHost: test\r\n\r\nnot http at all\r\n\r\n"
            try await client.send(text)
            for number in 0..<50 {
                let answer = try await client.answer()
                let length = number % 3 == 0 ? 0 : 5
                #expect(answer.body.hasPrefix("POST /echo?n=\(number)&sid=NODE-\(number % 2)x \(length)\n"))
            }
            #expect(try await client.answer().body.contains("Session ID unknown"))
            let last = try await client.answer()
            #expect(last.status == 400)
            #expect(last.headers["connection"] == "close")
            #expect(await client.rest() == "")
        }
    }

    @Test("a body in chunks stays one, byte by byte")
    func chunkedBody() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            let text =
                "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            for byte in text { try await client.send(String(byte)) }
            let answer = try await client.answer()
            #expect(answer.body.hasPrefix("POST /echo 5\n"))
            #expect(answer.body.contains("transfer-encoding: chunked"))
        }
    }

    @Test("the answer to HEAD has no body, and the connection goes on")
    func head() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            let answer = try await client.request("HEAD /echo")
            #expect(answer.status == 200)
            #expect(answer.headers["content-length"] != nil)
            #expect(answer.headers["transfer-encoding"] == nil)
            #expect(try await client.request("GET /echo").status == 200)
        }
    }

    @Test("a client that wants the connection closed gets that, one of HTTP/1.0 by default")
    func closing() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            let answer = try await client.request("GET /echo", headers: "Connection: close\r\n")
            #expect(answer.headers["connection"] == "close")
            #expect(await client.rest() == "")
            let old = try await cluster.client()
            try await old.send("GET /stream?bytes=16384 HTTP/1.0\r\n\r\n")
            let everything = await old.rest()
            #expect(everything.contains("Connection: close"))
            #expect(everything.hasSuffix(String(repeating: "x", count: 16_384)))
        }
    }

    @Test("a client that waits for leave to send its body gets it")
    func expectation() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            try await client.send(
                "POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await client.answer().status == 100)
            try await client.send("ok")
            #expect(try await client.answer().body.hasPrefix("POST /echo 2\n"))
        }
    }

    @Test("connections to nodes are used again")
    func pooling() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            for _ in 0..<20 { #expect(try await client.request("GET /echo").status == 200) }
            #expect(cluster.nodes[0].connections == 1)
        }
    }

    @Test("a request without body is repeated when the node closed the connection it kept")
    func staleConnection() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            for _ in 0..<10 {
                #expect(try await client.request("GET /last?sid=NODE-0x").body == "last")
                #expect(try await client.request("GET /echo?sid=NODE-0x").status == 200)
            }
        }
    }

    @Test(
        "a node that closes without an answer is given up after one repetition; a request with a body is not repeated")
    func droppedRequest() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            #expect(try await client.request("POST /drop?sid=NODE-0x", body: "x").status == 502)
            await cluster.nodes[0].waits(for: .requested("/drop"))
            #expect(try await client.request("GET /drop?sid=NODE-0x").status == 502)
            await cluster.nodes[0].waits(for: .requested("/drop"))
            await cluster.nodes[0].waits(for: .requested("/drop"))
            #expect(try await client.request("GET /echo?sid=NODE-0x").status == 200)
        }
    }

    @Test("an answer that breaks off is not made to look complete")
    func brokenAnswer() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            try await client.send("GET /half HTTP/1.1\r\nHost: test\r\n\r\n")
            let text = await client.rest()
            #expect(text.contains("Content-Length: 10"))
            #expect(text.hasSuffix("12345"))
        }
    }

    @Test("a poll that its client gives up is given up to the node")
    func abortedPoll() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            try await client.send("GET /hold?sid=NODE-0abc HTTP/1.1\r\nHost: test\r\n\r\n")
            await cluster.nodes[0].waits(for: .requested("/hold"))
            await client.close()
            await cluster.nodes[0].waits(for: .closed("/hold"))
        }
    }

    @Test("a node that does not answer in time is answered for")
    func responseTimeout() async throws {
        try await Cluster.run(1) {
            $0.nodes.responseTimeout = .milliseconds(50)
        } then: { cluster in
            let answer = try await cluster.request("GET /hold?sid=NODE-0abc")
            #expect(answer.status == 504)
            await cluster.nodes[0].waits(for: .closed("/hold"))
        }
    }
}
