import EngineIO
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import EngineServer

/// A server of its own into whose connections an ``HTTPPipeline`` is put: it says what it was asked.
///
/// | path | answer |
/// |---|---|
/// | `/stream` | begins at once and gives every piece of the body back as it comes |
/// | `/early` | 413 as soon as the head is there |
/// | `/silent` | none |
/// | others | method, path and body |
final class OtherServer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let events: Recorder<String>
    private var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private var body = ""

    private init(_ events: Recorder<String>) {
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            (self.head, body) = (head, "")
            if head.uri == "/stream" { write(context, .ok) }
            if head.uri == "/early" { answer(context, .payloadTooLarge, "too large") }
        case .body(let bytes):
            body += String(buffer: bytes)
            if head.uri == "/stream" { context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }
        case .end:
            events.record("\(head.method) \(head.uri)")
            switch head.uri {
            case "/early", "/silent": break
            case "/stream": context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            default: answer(context, .ok, "\(head.method) \(head.uri) \(body)")
            }
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ text: String) {
        write(context, status, ["content-length": "\(text.utf8.count)"])
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func write(_ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ headers: HTTPHeaders = [:]) {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        events.record("error")
        if error is HTTPParserError, head.uri != "/stream" { answer(context, .badRequest, "bad") }
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.record("inactive")
    }

    /// Runs a test against such a server.
    /// - Parameters:
    ///   - limits: those of the pipeline.
    ///   - test: gets the server, a way to end it, and what the other server's handlers saw.
    /// - Throws: what the test throws.
    static func run(
        limits: HTTPLimits = HTTPLimits(),
        _ test: (TestServer, _ end: () async -> Void, _ events: Recorder<String>) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let engine = Engine(
            configuration: EngineConfiguration(), nodeTag: "TESTAB", loops: [group.next()],
            acceptor: EchoAcceptor(reports: continuation), logger: logger)
        let pipeline = HTTPPipeline(mounts: [.engine(path: "/engine.io/", engine)], limits: limits, logger: logger)
        let events = Recorder<String>()
        let channel = try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try pipeline.add(to: channel) {
                        try $0.pipeline.syncOperations.addHandler(OtherServer(events))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        // This one of ours listens nowhere.
        let listener = HTTPServer(
            listener: "test", host: "127.0.0.1", port: 0, mounts: [], responder: nil, group: group, logger: logger)
        let server = TestServer(
            address: try #require(channel.localAddress), listener: listener, engine: engine, group: group,
            reports: TestServer.Reports(stream))
        try await test(server, { try? await channel.close() }, events)
        try? await channel.close()
        #expect(await eventually { engine.sessionCount == 0 })
        try await group.shutdownGracefully()
    }
}
