import EngineIO
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import EngineServer

@Suite("Listeners")
struct ListenerTests {
    private static let header = "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"

    @Test("the client is who the PROXY protocol says")
    func proxyProtocol() async throws {
        try await TestServer.run(listening: .forTests { $0.proxyProtocol = true }) { server in
            let client = try await server.connect()
            client.send(Self.header)
            _ = try await server.openPolling(client)
            #expect(await server.reports.next() == "opened from 192.0.2.1")
            let stranger = try await server.connect()
            stranger.request("GET", TestServer.polling)
            #expect(try await stranger.receiveEnd() == "")
            #expect(server.listener.metrics.cut == [.proxyHeaderMalformed: 1])
            #expect(server.listener.metrics.accepted == 2)
        }
    }

    @Test("a connection is counted until it is closed, whatever it has come to", arguments: [1, 2])
    func counted(loops: Int) async throws {
        try await TestServer.run(loops: loops, listening: .forTests { $0.proxyProtocol = true }) { server in
            for stage in ["nothing", "header", "request", "session", "websocket"] {
                let client = try await server.connect()
                #expect(await eventually { server.listener.metrics.connections == 1 }, "\(stage)")
                if stage != "nothing" { client.send(Self.header) }
                switch stage {
                case "request": #expect(try await client.exchange("GET", "/").status == 404)
                case "session": _ = try await server.openPolling(client)
                case "websocket": #expect(try await client.upgrade(TestServer.webSocket).status == 101)
                default: break
                }
                #expect(server.listener.metrics.connections == 1, "\(stage)")
                await client.close()
                #expect(await eventually { server.listener.metrics.connections == 0 }, "\(stage)")
            }
        }
    }

    @Test(
        "a peer's address is its text, of sockets as of the PROXY protocol",
        arguments: ["192.0.2.1", "0.0.0.0", "255.100.10.9", "2001:db8::1", "::1", "::ffff:192.0.2.1"])
    func peers(address: String) throws {
        #expect(try Peer(SocketAddress(ipAddress: address, port: 4711)).address == address)
        #expect(Peer(address: address).address == address)
        #expect(try Peer(SocketAddress(unixDomainSocketPath: "/tmp/socket")).address == "")
        #expect(Peer(nil).address == "")
    }

    @Test("connections write without delay, which they have from the listening socket")
    func noDelay() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", "/").status == 404)
            let channels = server.listener.listener.channels
            #expect(channels.count == 1)
            for channel in channels {
                #expect(try await channel.getOption(.tcpOption(.tcp_nodelay)).get() != 0)
            }
        }
    }

    @Test("a PROXY header has the time of a request head")
    func proxyHeaderDeadline() async throws {
        try await TestServer.run(
            listening: .forTests {
                $0.proxyProtocol = true
                $0.limits.headTimeout = .milliseconds(50)
            },
            { server in
                let client = try await server.connect()
                client.send("PROXY ")
                try await client.receiveEnd()
                #expect(server.listener.metrics.cut == [.proxyHeaderTimeout: 1])
            })
    }

    @Test("an address has as many connections as it may, whatever proxy it comes through")
    func connectionsPerAddress() async throws {
        try await TestServer.run(
            listening: .forTests {
                $0.proxyProtocol = true
                $0.limits.connectionsPerAddress = 1
            },
            { server in
                let client = try await server.connect()
                client.send(Self.header)
                #expect(try await client.exchange("GET", "/").status == 404)
                let second = try await server.connect()
                second.send(Self.header)
                try await second.receiveEnd()
                #expect(server.listener.metrics.cut == [.tooManyOfAddress: 1])
                let other = try await server.connect()
                other.send("PROXY TCP4 192.0.2.7 192.0.2.2 1 2\r\n")
                #expect(try await other.exchange("GET", "/").status == 404)
                await client.close()
                // What is closed is not counted any more.
                let isForgotten = await eventually { server.listener.metrics.connections == 1 }
                #expect(isForgotten)
                let third = try await server.connect()
                third.send(Self.header)
                #expect(try await third.exchange("GET", "/").status == 404)
            })
    }

    @Test("sessions over the rate of their address are refused, those of others are not")
    func handshakesPerAddress() async throws {
        try await TestServer.run(
            loops: 2,
            configure: {
                $0.handshakesPerAddress = RateLimit(perSecond: 1, burst: 2)
                $0.trustedProxies = 1
            },
            { server in
                let one = ["X-Forwarded-For": "192.0.2.1"]
                let client = try await server.connect()
                let other = try await server.connect()
                _ = try await server.openPolling(client, headers: one)
                let session = try await server.openPolling(other, headers: one)
                for client in [client, other] {
                    let refused = try await client.exchange("GET", TestServer.polling, headers: one)
                    #expect(refused.status == 429)
                    #expect(refused.body == #"{"code":6,"message":"Too many handshakes"}"#)
                    #expect(refused.headers["retry-after"] == "1")
                }
                #expect(try await client.upgrade(TestServer.webSocket, headers: one).status == 429)
                // Sessions that are open go on, and other addresses open theirs.
                let target = TestServer.polling + "&sid=" + session
                #expect(try await other.exchange("POST", target, headers: one, body: "4a").body == "ok")
                _ = try await server.openPolling(other, headers: ["X-Forwarded-For": "192.0.2.2"])
                #expect(server.engine.metrics.handshakesLimited == 3)
            })
    }

    @Test(
        "a WebSocket message that does not come to its end in time ends the session",
        arguments: [[0x81], [0x01, 0x81, 0, 0, 0, 0, 0x34], [0x81, 0xFE, 0x01, 0x00, 0, 0, 0, 0, 0x34]] as [[UInt8]])
    func messageDeadline(beginning: [UInt8]) async throws {
        try await TestServer.run(configure: { $0.messageTimeout = .milliseconds(50) }) { server in
            let client = try await server.openWebSocket()
            _ = await server.reports.next()
            client.send(beginning)
            #expect(try await client.frame() == .close(1008))
            #expect(await server.reports.next() == "closed: message timeout")
            #expect(server.engine.metrics.closed == [.messageTimeout: 1])
        }
    }

    @Test("the deadline of a message does not outlive it")
    func messageInTime() async throws {
        try await TestServer.run(configure: { $0.messageTimeout = .seconds(1) }) { server in
            let client = try await server.openWebSocket()
            // Each of these messages is in time; all of them together take longer.
            for _ in 0..<3 {
                client.send([0x01, 0x81, 0, 0, 0, 0, 0x34])
                try await Task.sleep(for: .milliseconds(400))
                client.sendFrame(0x0, Array("x".utf8))
                #expect(try await client.frame() == .text("4x"))
            }
        }
    }

    @Test("cuts have their reasons")
    func reasons() async throws {
        try await TestServer.run(
            listening: .forTests {
                $0.limits.headTimeout = .milliseconds(50)
                $0.limits.bodyTimeout = .milliseconds(50)
                $0.limits.maxPipelinedRequests = 1
            },
            { server in
                let head = try await server.connect()
                head.send("GET")
                try await head.receiveEnd()
                let body = try await server.connect()
                body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\na")
                #expect(try await body.response().status == 408)
                let greedy = try await server.connect()
                let target = TestServer.polling + "&sid=" + (try await server.openPolling(greedy))
                for _ in 0..<3 { greedy.request("GET", target) }
                try await greedy.receiveEnd()
                #expect(server.listener.metrics.cut == [.headTimeout: 1, .bodyTimeout: 1, .tooManyRequests: 1])
            })
    }

    @Test("listens on a unix socket and removes its file at the end")
    func unixSocket() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString.prefix(8)).socket").path
        try await TestServer.run(listening: .forTests { $0.address = .unix(path: path) }) { server in
            let client = try await server.connect()
            _ = try await server.openPolling(client)
            #expect(await server.reports.next() == "opened from ")
            #expect(FileManager.default.fileExists(atPath: path))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
