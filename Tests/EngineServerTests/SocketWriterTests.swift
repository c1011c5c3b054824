import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import EngineServer

/// The only handler of a connection, with a writer for it.
private final class Writing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var writer = SocketWriter()
    var context: ChannelHandlerContext?
    /// Called when the channel is active: before, nothing can be sent.
    var began: () -> Void = {}
    /// Called when the channel is inactive, and when the handler leaves it.
    var ended: () -> Void = {}

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) { began() }

    func channelInactive(context: ChannelHandlerContext) { ended() }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    /// - Returns: what the socket did not take.
    func send(_ text: String) -> String {
        var bytes = ByteBuffer(string: text)
        if let context { writer.send(&bytes, past: context) }
        return String(buffer: bytes)
    }
}

@Suite("The writer past the channel")
struct SocketWriterTests {
    /// Connects a client with a ``Writing``, and has that do something on its loop.
    private func withConnection(
        _ body: @escaping @Sendable (Writing, ChannelHandlerContext) throws -> Void,
        _ test: (RawClient) async throws -> Void
    ) async throws {
        let group = NIOSingletons.posixEventLoopGroup
        let accepted = group.next().makePromise(of: (any Channel).self)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Writing()
                    handler.began = { accepted.succeed(channel) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await RawClient.connect(to: try #require(server.localAddress), group: group)
        let channel = try await accepted.futureResult.get()
        try await channel.eventLoop.submit {
            let handler = try channel.pipeline.syncOperations.handler(type: Writing.self)
            try body(handler, try #require(handler.context))
        }.get()
        try await test(client)
        try? await channel.close().get()
        try await server.close().get()
    }

    @Test("lets go first what the channel has")
    func order() async throws {
        try await withConnection { handler, context in
            #expect(handler.send("b") == "")
            handler.writer.channelWrites()
            context.write(NIOAny(ByteBuffer(string: "c")), promise: nil)
            #expect(handler.send("d") == "d")
            context.flush()
            #expect(handler.send("e") == "")
        } _: { client in
            let text = try await client.receive { $0.readString(length: 3) }
            #expect(text == "bce")
        }
    }

    @Test("takes what fits into the socket, and nothing more until the channel has written the rest")
    func full() async throws {
        let size = 32 << 20
        try await withConnection { handler, context in
            var bytes = ByteBuffer(repeating: 1, count: size)
            handler.writer.send(&bytes, past: context)
            #expect(bytes.readableBytes > 0 && bytes.readableBytes < size)
            handler.writer.channelWrites()
            context.writeAndFlush(NIOAny(bytes)).assumeIsolated().whenComplete { _ in
                #expect(handler.send("end") == "")
            }
            #expect(handler.send("early") == "early")
        } _: { client in
            let end = try await client.receive { bytes in
                bytes.readableBytes == size + 3 ? bytes.getString(at: bytes.writerIndex - 3, length: 3) : nil
            }
            #expect(end == "end")
        }
    }

    @Test("what is sent last comes with the end", arguments: [false, true])
    func last(isHalf: Bool) async throws {
        try await withConnection { handler, context in
            #expect(handler.send("first ") == "")
            var bytes = ByteBuffer(string: "last")
            handler.writer.send(&bytes, past: context, isLast: true)
            #expect(bytes.readableBytes == 0)
            context.close(mode: isHalf ? .output : .all, promise: nil)
        } _: { client in
            let text = try await client.receiveEnd()
            #expect(text == "first last")
        }
    }

    @Test("does not use the descriptor of a closed channel, whoever has its number now")
    func closed() async throws {
        let (ends, ending) = AsyncStream.makeStream(of: String.self)
        try await withConnection { handler, context in
            #expect(handler.send("last") == "")
            let write = { [unowned handler] in
                // Takes the lowest free number, which is the one that was just closed, unless another thread was faster.
                var pair: [Int32] = [0, 0]
                #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
                ending.yield(handler.send("stray"))
                for end in pair { close(end) }
            }
            handler.ended = write
            context.write(NIOAny(ByteBuffer(string: "never flushed"))).assumeIsolated().whenFailure { _ in write() }
            context.close(promise: nil)
            write()
        } _: { client in
            var attempts = ends.makeAsyncIterator()
            // The failed write, the inactive channel, behind `close`, the handler that leaves.
            for _ in 0..<4 { #expect(await attempts.next() == "stray") }
            let text = try await client.receiveEnd()
            #expect(text == "last")
        }
    }
}

@Suite("WebSockets that write past their channel")
struct DirectWebSocketTests {
    /// The frames of the answer to "numbers", as bytes.
    private static let frames: [UInt8] = (0..<EchoAcceptor.numbers).reduce(into: []) { frames, number in
        let text = EchoAcceptor.text(number)
        let length = text.readableBytes + 1
        frames += length < 126 ? [0x81, UInt8(length)] : [0x81, 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        frames += [UInt8(ascii: "4")] + Array(buffer: text)
    }

    private func open(_ server: TestServer) async throws -> RawClient {
        let client = try await server.openWebSocket()
        #expect(await server.reports.next()?.hasPrefix("opened") == true)
        return client
    }

    @Test("everything comes once and in order to a client that reads late", arguments: [false, true])
    func order(isUnix: Bool) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString.prefix(8)).socket").path
        let listening = ListenerConfiguration.forTests { if isUnix { $0.address = .unix(path: path) } }
        try await TestServer.run(listening: listening, configure: { $0.outboundLimit = 64 << 20 }) { server in
            let client = try await open(server)
            for isReading in [false, true, false] {
                try await client.read(isReading)
                client.sendFrame("4numbers")
                #expect(await server.reports.next() == "sent the numbers")
                client.sendFrame("4b")
                try await client.read(true)
                let bytes = try await client.receive { $0.readBytes(length: Self.frames.count) }
                #expect(bytes == Self.frames)
                #expect(try await client.frame() == .text("4b"))
            }
        }
    }

    @Test("a handshake is answered behind the requests before it, and so is a message that came with it")
    func handshakeBehindRequests() async throws {
        try await TestServer.run(responder: Sized()) { server in
            // One is answered while it is read, the other later.
            for target in [TestServer.polling, "/5"] {
                let client = try await server.connect()
                let requests = """
                    GET \(target) HTTP/1.1\r\nHost: a\r\n\r\nGET \(TestServer.webSocket) HTTP/1.1\r\nHost: a\r\n\
                    Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
                    """
                client.send(Array(requests.utf8) + [0x81, 0x82, 0, 0, 0, 0] + Array("4a".utf8))
                #expect(try await client.response().status == 200)
                #expect(try await client.response().status == 101)
                guard case .text(let open) = try await client.frame() else { throw RawClient.Closed() }
                #expect(open.hasPrefix("0{"))
                #expect(try await client.frame() == .text("4a"))
            }
        }
    }

    @Test("a client that does not read small messages is cut")
    func slowConsumer() async throws {
        try await TestServer.run(configure: { $0.outboundLimit = 1 << 20 }) { server in
            let client = try await open(server)
            try await client.read(false)
            client.sendFrame("4numbers")
            #expect(await server.reports.next() == "sent the numbers")
            #expect(await server.reports.next() == "closed: slow consumer")
            await client.close()
        }
    }

    @Test("a close comes behind everything that was sent, also to a client that reads late")
    func closing() async throws {
        try await TestServer.run(configure: { $0.outboundLimit = 64 << 20 }) { server in
            let client = try await open(server)
            try await client.read(false)
            client.sendFrame("4numbers")
            client.sendFrame("4close")
            #expect(await server.reports.next() == "sent the numbers")
            #expect(await server.reports.next() == "closed: forced server close")
            try await client.read(true)
            let bytes = try await client.receive { $0.readBytes(length: Self.frames.count) }
            #expect(bytes == Self.frames)
            #expect(try await client.frame() == .text("1"))
            #expect(try await client.frame() == .close(1000))
            try await client.receiveEnd()
        }
    }

    @Test("the close frame is answered behind everything that was sent, also to a client that reads late")
    func closedByClient() async throws {
        try await TestServer.run(configure: { $0.outboundLimit = 64 << 20 }) { server in
            let client = try await open(server)
            try await client.read(false)
            client.sendFrame("4numbers")
            client.sendFrame(0x8, [0x0F, 0xA0])
            #expect(await server.reports.next() == "sent the numbers")
            #expect(await server.reports.next() == "closed: transport close")
            try await client.read(true)
            let bytes = try await client.receive { $0.readBytes(length: Self.frames.count) }
            #expect(bytes == Self.frames)
            #expect(try await client.frame() == .close(4000))
            try await client.receiveEnd()
        }
    }

    @Test("a client that is gone in the middle ends its session and disturbs nobody")
    func reset() async throws {
        try await TestServer.run { server in
            let neighbour = try await open(server)
            let client = try await open(server)
            client.sendFrame("4numbers")
            try await client.reset()
            var report = await server.reports.next()
            if report == "sent the numbers" { report = await server.reports.next() }
            #expect(report == "closed: transport close" || report == "closed: transport error")
            neighbour.sendFrame("4still here")
            #expect(try await neighbour.frame() == .text("4still here"))
        }
    }
}

/// Answers with as many bytes as its path says.
private struct Sized: HTTPResponder {
    func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        let path = request.head.uri.dropFirst()
        return HTTPServerResponse(status: .ok, body: ByteBuffer(repeating: 120, count: Int(path) ?? 0))
    }
}

@Suite("HTTP connections that write past their channel")
struct DirectHTTPTests {
    @Test("answers of all sizes come once and in order to a client that reads late")
    func order() async throws {
        try await TestServer.run(responder: Sized()) { server in
            let client = try await server.connect()
            for size in 1...8 { #expect(try await client.exchange("GET", "/\(size)").body.utf8.count == size) }
            try await client.read(false)
            let sizes = (0..<60).map { $0 % 3 == 2 ? 300_000 + $0 : 10 + $0 }
            for size in sizes { client.request("GET", "/\(size)") }
            try await client.read(true)
            for size in sizes { #expect(try await client.response().bytes.readableBytes == size) }
            #expect(try await client.exchange("GET", "/5").body == "xxxxx")
        }
    }

    @Test("polls are answered in order by one connection after another", arguments: [1, 2])
    func polls(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let poster = try await server.connect()
            let poller = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(poster))
            for number in 0..<20 {
                let message = "4\(number)" + String(repeating: "x", count: number * number * 100)
                try await poller.beginPoll(target)
                #expect(try await poster.exchange("POST", target, body: message).body == "ok")
                #expect(try await poller.response().body == message)
            }
        }
    }
}
