import GatewayServer
import Testing

@Suite("Requests through the gateway", .timeLimit(.minutes(1)))
struct RoutingOfRequestsTests {
    @Test("a session's requests go to the node that its id names, on one connection of the client or many")
    func stickiness() async throws {
        try await Cluster.run(3) { cluster in
            let client = try await cluster.client()
            for _ in 0..<3 {
                for tag in ["NODE-2", "NODE-0", "NODE-1"] {
                    let answer = try await client.request("GET /echo?EIO=4&sid=\(tag)0123456789abcdefg")
                    #expect(answer.headers["x-node"] == tag)
                }
            }
            let other = try await cluster.client()
            let answer = try await other.request("POST /echo?sid=NODE-2abc", body: "0123456789")
            #expect(answer.headers["x-node"] == "NODE-2")
            #expect(answer.body.hasPrefix("POST /echo?sid=NODE-2abc 10\n"))
        }
    }

    @Test("new sessions go to the node that has the fewest")
    func leastLoaded() async throws {
        try await Cluster.run(3) { cluster in
            cluster.nodes[0].change { $0.sessions = 9 }
            cluster.nodes[1].change { $0.sessions = 5 }
            cluster.nodes[2].change { $0.sessions = 7 }
            try await cluster.waits(for: #""sessions":7"#)
            try await cluster.waits(for: #""sessions":9"#)
            let answer = try await cluster.request("GET /echo?EIO=4&transport=polling")
            #expect(answer.headers["x-node"] == "NODE-1")
        }
    }

    @Test("a session that no node has is unknown, with the answer the reference server gives")
    func unknownSession() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            let answer = try await client.request("GET /echo?sid=NODE-9abc", headers: "Origin: https://a.example\r\n")
            #expect(answer.status == 400)
            #expect(answer.body == #"{"code":1,"message":"Session ID unknown"}"#)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["access-control-allow-origin"] == "https://a.example")
            let post = try await client.request("POST /echo?sid=NODE-9abc", body: "4hello")
            #expect(post.status == 400)
            let next = try await client.request("GET /echo?sid=NODE-0abc")
            #expect(next.status == 200)
        }
    }

    @Test("a killed node's sessions are unknown at once, and new ones go elsewhere, before any probe finds out")
    func killedNode() async throws {
        try await Cluster.run(2) {
            $0.probes.interval = .seconds(3_600)
        } then: { cluster in
            let client = try await cluster.client()
            #expect(try await client.request("GET /echo?sid=NODE-0abc").status == 200)
            await cluster.nodes[0].kill()
            for _ in 0..<3 {
                let answer = try await client.request("GET /echo?EIO=4&transport=polling")
                #expect(answer.headers["x-node"] == "NODE-1")
            }
            let answer = try await client.request("GET /echo?sid=NODE-0abc")
            #expect(answer.status == 400)
            #expect(answer.body.contains("Session ID unknown"))
            #expect(try await client.request("POST /echo?sid=NODE-0abc", body: "x").status == 400)
        }
    }

    @Test("a poll that waits when its node is killed is told that its session is unknown")
    func killedWhileWaiting() async throws {
        try await Cluster.run(1) {
            $0.probes.interval = .seconds(3_600)
        } then: { cluster in
            let client = try await cluster.client()
            try await client.send("GET /hold?sid=NODE-0abc HTTP/1.1\r\nHost: test\r\n\r\n")
            await cluster.nodes[0].waits(for: .requested("/hold"))
            await cluster.nodes[0].kill()
            #expect(try await client.answer().status == 400)
        }
    }

    @Test("without any node, requests are answered by 503")
    func noNode() async throws {
        try await Cluster.run(0) {
            $0.probes.timeout = .milliseconds(10)
        } then: { cluster in
            let answer = try await cluster.request("GET /echo?EIO=4")
            #expect(answer.status == 503)
            #expect(try await cluster.admin("/readyz").status == 503)
        }
    }

    @Test("a node that comes back with a new tag serves its new sessions, and the old ones are unknown")
    func restartedNode() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            #expect(try await client.request("GET /echo?sid=NODE-0abc").status == 200)
            cluster.nodes[0].change { $0.tag = "NODE-X" }
            try await cluster.waits(for: "NODE-X")
            #expect(try await client.request("GET /echo?sid=NODE-0abc").status == 400)
            #expect(try await client.request("GET /echo?sid=NODE-Xabc").status == 200)
        }
    }

    @Test("a draining node keeps its sessions and gets no new ones")
    func drainingNode() async throws {
        try await Cluster.run(2) { cluster in
            cluster.nodes[0].change { $0.isDraining = true }
            try await cluster.waits(for: "draining")
            let client = try await cluster.client()
            for _ in 0..<3 {
                #expect(try await client.request("GET /echo?EIO=4").headers["x-node"] == "NODE-1")
            }
            #expect(try await client.request("GET /echo?sid=NODE-0abc").headers["x-node"] == "NODE-0")
        }
    }

    @Test("the sessions of a node without a tag are learned from its handshakes")
    func learned() async throws {
        try await Cluster.run(2) { cluster in
            for node in cluster.nodes { node.change { $0.tag = nil } }
            try await cluster.waits(for: #""sessions":0,"state":"healthy"}"#)
            let client = try await cluster.client()
            let handshake = try await client.request("GET /handshake?EIO=4&transport=polling")
            #expect(handshake.body.hasPrefix("0{"))
            let owner = try await client.request("GET /echo?sid=lv_VI97HAXpY6yYWAAAB").headers["x-node"]
            for _ in 0..<4 {
                #expect(try await client.request("GET /echo?sid=lv_VI97HAXpY6yYWAAAB").headers["x-node"] == owner)
            }
            #expect(owner != nil)
            #expect(try await client.request("GET /echo?sid=lv_other").status == 400)
        }
    }

    @Test("a node that hangs is found by its probes: its polls are answered, its tunnels cut")
    func hangingNode() async throws {
        try await Cluster.run(2) { cluster in
            let poll = try await cluster.client()
            let tunnel = try await cluster.client()
            try await tunnel.send(
                "GET /upgrade?sid=NODE-0abc HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            )
            _ = try await tunnel.take(through: "hello\n")
            try await poll.send("GET /hold?sid=NODE-0abc HTTP/1.1\r\nHost: test\r\n\r\n")
            await cluster.nodes[0].waits(for: .requested("/hold"))
            cluster.nodes[0].change { $0.hangs = true }
            #expect(try await poll.answer().status == 400)
            #expect(await tunnel.rest() == "")
            #expect(try await poll.request("GET /echo?EIO=4").headers["x-node"] == "NODE-1")
            cluster.nodes[0].change { $0.hangs = false }
            try await cluster.waits(for: #""state":"healthy","tag":"NODE-0""#)
            #expect(try await poll.request("GET /echo?sid=NODE-0abc").status == 200)
        }
    }
}
