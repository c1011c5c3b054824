import Glibc
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Routing
import Testing

@testable import GatewayServer

@Suite("The gateway's life", .timeLimit(.minutes(1)))
struct LifeTests {
    @Test("draining lets requests finish, closes idle connections, accepts nobody, and cuts tunnels at the deadline")
    func drain() async throws {
        try await Cluster.run(1) {
            $0.drain = .seconds(1)
        } then: { cluster in
            let node = cluster.nodes[0]
            let idle = try await cluster.client()
            #expect(try await idle.request("GET /echo").status == 200)
            let busy = try await cluster.client()
            try await busy.send("POST /sink HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n12")
            await node.waits(for: .requested("/sink"))
            let tunnel = try await cluster.client()
            try await tunnel.send(
                "GET /upgrade?sid=NODE-0x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            _ = try await tunnel.take(through: "hello\n")
            await cluster.shutDown()
            #expect(await idle.rest() == "")
            await #expect(throws: (any Error).self) { try await cluster.client() }
            node.resumeReads()
            try await busy.send("34")
            let answer = try await busy.answer()
            #expect(answer.body == "4")
            #expect(answer.headers["connection"] == "close")
            try await tunnel.send("still here\n")
            #expect(try await tunnel.take(through: "\n") == "still here\n")
            #expect(await tunnel.rest() == "")
        }
    }

    @Test("the operator sees readiness, nodes and counters")
    func admin() async throws {
        try await Cluster.run(1) { cluster in
            let answer = try await cluster.request("GET /echo")
            #expect(answer.status == 200)
            #expect(try await cluster.admin("/healthz").status == 200)
            #expect(try await cluster.admin("/readyz").body == #"{"ready":true}"#)
            let nodes = try await cluster.admin("/nodes").body
            #expect(nodes.contains(#""address":"meet=127.0.0.1:\#(cluster.ports[0])""#))
            #expect(nodes.contains(#""state":"healthy","tag":"NODE-0""#))
            let metrics = try await cluster.admin("/metrics").body
            #expect(metrics.contains("switchboard_gateway_nodes{state=\"healthy\"} 1\n"))
            #expect(metrics.contains("switchboard_gateway_requests_total 1\n"))
            #expect(metrics.contains("switchboard_gateway_handshake_seconds_count 0\n"))
            _ = try await cluster.request("GET /echo?EIO=4&transport=polling")
            let later = try await cluster.admin("/metrics").body
            #expect(later.contains("switchboard_gateway_handshake_seconds_count 1\n"))
            #expect(try await cluster.admin("/other").status == 404)
            cluster.nodes[0].change { $0.isReady = false }
            try await cluster.waits(for: "unready")
            #expect(try await cluster.admin("/readyz").status == 503)
        }
    }

    @Test("a gateway that starts asks the nodes before it answers clients, who wait meanwhile")
    func start() async throws {
        for _ in 0..<5 {
            try await Cluster.run(3) { cluster in
                let answer = try await cluster.request("GET /echo?sid=NODE-2abc")
                #expect(answer.status == 200)
            }
        }
    }

    @Test("without descriptors for another connection, accepting pauses instead of being tried without end")
    func acceptPause() throws {
        final class ReadCounter: ChannelOutboundHandler {
            typealias OutboundIn = any Channel
            var reads = 0

            func read(context: ChannelHandlerContext) { reads += 1 }
        }
        let counter = ReadCounter()
        let channel = EmbeddedChannel(handlers: [counter, AcceptPause()])
        channel.read()
        #expect(counter.reads == 1)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
        channel.read()
        #expect(counter.reads == 2)
        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        channel.read()
        channel.read()
        #expect(counter.reads == 2)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(counter.reads == 3)
        channel.read()
        #expect(counter.reads == 4)
    }

    @Test(
        "the answer to a probe says what the node is",
        arguments: [
            (
                200, #"{"ready":true,"draining":false,"tag":"Ab3_x-","name":"a","sessions":123}"#,
                .answered(ProbeReport(isReady: true, tag: "Ab3_x-", name: "a", sessions: 123))
            ),
            (
                503, #"{"ready":false,"draining":true,"tag":"Ab3_x-"}"#,
                .answered(ProbeReport(isReady: false, isDraining: true, tag: "Ab3_x-"))
            ),
            (503, #"{"ready":true}"#, .answered(ProbeReport(isReady: false, tag: nil))),
            (200, #"{"ready":false}"#, .answered(ProbeReport(isReady: false, tag: nil))),
            (200, "ok", .answered(ProbeReport(isReady: true, tag: nil))),
            (200, #"{"tag":"toolong"}"#, .answered(ProbeReport(isReady: true, tag: nil))),
            (404, #"{"ready":false}"#, .answered(ProbeReport(isReady: true, tag: nil))),
            (403, #"{"ready":true}"#, .failed),
            (500, "", .failed),
        ] as [(Int, String, ProbeOutcome)])
    func probeAnswers(status: Int, body: String, outcome: ProbeOutcome) {
        let judged = ProbeOutcome(status: HTTPResponseStatus(statusCode: status), body: ByteBuffer(string: body))
        #expect(judged == outcome)
    }

    @Test("a configuration that makes no sense is refused")
    func configuration() {
        let listener = GatewayConfiguration.Listener(name: "meet", host: "127.0.0.1", port: 0)
        #expect(throws: GatewayConfiguration.Invalid.self) { try GatewayConfiguration(listeners: []).validate() }
        #expect(throws: GatewayConfiguration.Invalid.self) {
            try GatewayConfiguration(listeners: [listener, listener]).validate()
        }
        var configuration = GatewayConfiguration(listeners: [listener])
        #expect(throws: Never.self) { try configuration.validate() }
        configuration.probes.interval = .zero
        #expect(throws: GatewayConfiguration.Invalid.self) { try configuration.validate() }
    }

    @Test("nodes are found by name, every address of it")
    func dns() throws {
        let source = try #require(DNSNodes("dns://nodes.local?meet=3001&support=3000"))
        #expect(source.name == "nodes.local")
        let nodes = source.nodes(at: ["10.0.0.1", "fd00::2"]).map(\.description)
        #expect(nodes == ["meet=10.0.0.1:3001,support=10.0.0.1:3000", "meet=[fd00::2]:3001,support=[fd00::2]:3000"])
        #expect(DNSNodes.addresses(of: "127.0.0.1") == ["127.0.0.1"])
        #expect(DNSNodes.addresses(of: "name.invalid") == [])
    }

    @Test(
        "names that are no such URL are refused",
        arguments: [
            "", "nodes.local", "dns://", "dns://a", "dns://?a=1", "dns://a?", "dns://a?b", "dns://a?b=0",
            "dns://a?b=1&b=2", "dns://a?b=65536", "dns://a:53?b=1", "dns://a/b?c=1", "redis://a?b=1",
        ])
    func badURLs(url: String) {
        #expect(DNSNodes(url) == nil)
    }
}
