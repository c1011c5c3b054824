import NIOCore
import Testing

@Suite("Large bodies", .timeLimit(.minutes(2)))
struct StreamingTests {
    private static let size = FakeNode.flood

    @Test("a client that reads slowly slows the node down instead of filling the gateway")
    func slowReader() async throws {
        try await Cluster.run(1, Cluster.patient) { cluster in
            let node = cluster.nodes[0]
            let client = try await cluster.client(reads: false)
            try await client.send("GET /stream?bytes=\(Self.size) HTTP/1.1\r\nHost: test\r\n\r\n")
            await node.waits(for: .requested("/stream"))
            let sent = try await settled { node.bytesSent }
            #expect(sent < FakeNode.inSystem)
            try await client.startReading()
            let answer = try await client.take(through: "\r\n\r\n")
            #expect(answer.contains("Transfer-Encoding: chunked"))
            try await client.discard(Self.size)
            await node.waits(for: .sent("/stream"))
        }
    }

    @Test("a node that reads slowly slows the client down, and gets everything")
    func slowNode() async throws {
        try await Cluster.run(1, Cluster.patient) { cluster in
            let node = cluster.nodes[0]
            let client = try await cluster.client()
            try await client.send("POST /sink HTTP/1.1\r\nHost: test\r\nContent-Length: \(Self.size)\r\n\r\n")
            await node.waits(for: .requested("/sink"))
            let chunk = ByteBuffer(repeating: 120, count: 65_536)
            let writes = (0..<(Self.size / 65_536)).map { _ in client.channel.writeAndFlush(chunk) }
            let allWritten = EventLoopFuture.andAllSucceed(writes, on: client.channel.eventLoop)
            let pending = try await settled { client.unsentBytes }
            #expect(pending > Self.size - FakeNode.inSystem)
            node.resumeReads()
            try await allWritten.get()
            #expect(try await client.answer().body == "\(Self.size)")
            await node.waits(for: .received(Self.size))
        }
    }
}

extension TestClient {
    /// What the kernel has not taken yet.
    nonisolated var unsentBytes: Int {
        (try? channel.getOption(.bufferedWritableBytes).wait()) ?? -1
    }
}

extension FakeNode {
    func resumeReads() {
        for channel in openChannels { channel.pipeline.fireUserInboundEventTriggered(ResumeReads()) }
    }
}
