import NIOCore
import Testing

@Suite("WebSockets through the gateway", .timeLimit(.minutes(1)))
struct TunnelTests {
    private static func upgrade(_ target: String) -> String {
        "GET \(target) HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"
    }

    private func tunnel(_ cluster: Cluster, tag: String = "NODE-0", reads: Bool = true) async throws -> TestClient {
        let client = try await cluster.client()
        try await client.send(Self.upgrade("/upgrade?sid=\(tag)abc"))
        let head = try await client.take(through: "\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        #expect(head.contains("Connection: Upgrade\r\nUpgrade: websocket"))
        #expect(try await client.take(through: "\n") == "hello\n")
        return client
    }

    @Test("bytes go both ways as they are, also those that came with the heads")
    func bothWays() async throws {
        try await Cluster.run(2) { cluster in
            let client = try await cluster.client()
            try await client.send(Self.upgrade("/upgrade?sid=NODE-1abc") + "sent ahead\u{0}\n")
            _ = try await client.take(through: "\r\n\r\n")
            #expect(try await client.take(through: "hello\n").hasSuffix("hello\n"))
            #expect(try await client.take(through: "\u{0}\n") == "sent ahead\u{0}\n")
            for number in 0..<100 {
                try await client.send("GET / HTTP/1.1 \(number)\n")
                #expect(try await client.take(through: "\n") == "GET / HTTP/1.1 \(number)\n")
            }
            #expect(try await cluster.admin("/metrics").body.contains("switchboard_gateway_tunnels 1\n"))
        }
    }

    @Test("a client that leaves is gone for the node; what the node still said arrives")
    func closing() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await tunnel(cluster)
            try await client.channel.close(mode: .output)
            #expect(await client.rest() == "bye")
            await cluster.nodes[0].waits(for: .closed("tunnel"))
            let other = try await tunnel(cluster)
            await other.close()
            await cluster.nodes[0].waits(for: .closed("tunnel"))
        }
    }

    @Test("a killed node's tunnels end")
    func killedNode() async throws {
        try await Cluster.run(2) { cluster in
            let client = try await tunnel(cluster)
            let other = try await tunnel(cluster, tag: "NODE-1")
            await cluster.nodes[0].kill()
            #expect(await client.rest() == "")
            try await other.send("still here\n")
            #expect(try await other.take(through: "\n") == "still here\n")
        }
    }

    @Test("an upgrade that the node refuses is answered as the node did, and the connection closed")
    func refused() async throws {
        try await Cluster.run(1) { cluster in
            let client = try await cluster.client()
            try await client.send(Self.upgrade("/echo?sid=NODE-0abc"))
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            #expect(answer.body.contains("upgrade: websocket"))
            #expect(await client.rest() == "")
            let unknown = try await cluster.client()
            try await unknown.send(Self.upgrade("/upgrade?sid=NODE-9abc"))
            #expect(try await unknown.answer().body.contains("Session ID unknown"))
        }
    }

    @Test("a slow reader slows the other side down")
    func slowReader() async throws {
        try await Cluster.run(1, Cluster.patient) { cluster in
            let node = cluster.nodes[0]
            let client = try await tunnel(cluster)
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send("flood")
            let sent = try await settled { node.bytesSent }
            #expect(sent < FakeNode.inSystem)
            try await client.startReading()
            try await client.discard(FakeNode.flood)
            await node.waits(for: .sent("flood"))
        }
    }
}
