import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A node that does as it is told: answers probes, echoes what it got, streams, holds back, hangs up, upgrades.
final class FakeNode: Sendable {
    enum Event: Sendable, Equatable {
        case requested(String)
        case sent(String)
        case received(Int)
        case closed(String)
    }

    struct Behavior: Sendable {
        var tag: String?
        var isReady = true
        var isDraining = false
        var sessions = 0
        /// Answers no probe, as a stopped process does.
        var hangs = false
    }

    let tag: String
    let events: AsyncStream<Event>
    private let report: AsyncStream<Event>.Continuation
    private let behavior: Mutex<Behavior>
    private let channels = Mutex<[any Channel]>([])
    private let connectionCount = Atomic<Int>(0)
    private let byteCount = Atomic<Int>(0)

    init(_ tag: String) {
        self.tag = tag
        behavior = Mutex(Behavior(tag: tag))
        (events, report) = AsyncStream.makeStream()
    }

    /// Listens on a free port, or on one it had before.
    func start(port: Int = 0) async throws -> Int {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FakeNodeHandler(node: self))
                    self.channels.withLock { $0.append(channel) }
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        channels.withLock { $0.append(server) }
        return server.localAddress?.port ?? 0
    }

    /// Ends as a killed process does: everything is closed, and connections are refused.
    func kill() async {
        let channels = channels.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in channels { try? await channel.close() }
    }

    func change(_ change: (inout Behavior) -> Void) {
        behavior.withLock { change(&$0) }
    }

    var current: Behavior { behavior.withLock { $0 } }

    /// Connections that carried a request other than a probe.
    var connections: Int { connectionCount.load(ordering: .relaxed) }

    var openChannels: [any Channel] { channels.withLock { $0 } }

    func countConnection() {
        connectionCount.wrappingAdd(1, ordering: .relaxed)
    }

    /// The most that the system keeps between node and client: 4 MiB for each sender, 32 MiB for each receiver that was
    /// quick at first (the usual `net.ipv4.tcp_wmem` and `tcp_rmem`), and what is under way.
    static let inSystem = 80 * 1_048_576
    /// More than that.
    static let flood = 128 * 1_048_576
    /// Bytes given to connections by `/stream` and `flood`.
    var bytesSent: Int { byteCount.load(ordering: .relaxed) }

    func countBytes(_ count: Int) {
        byteCount.wrappingAdd(count, ordering: .relaxed)
    }

    func tell(_ event: Event) {
        report.yield(event)
    }

    /// Waits for an event.
    func waits(for expected: Event) async {
        for await event in events where event == expected { return }
    }
}

/// What the fake node does with a request, by its path.
final class FakeNodeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let node: FakeNode
    private var head: HTTPRequestHead?
    private var path = ""
    private var bodyBytes = 0
    private var toStream = 0
    private var hasCounted = false
    private var holdsReads = false

    init(node: FakeNode) {
        self.node = node
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            path = String(head.uri.prefix { $0 != "?" })
            bodyBytes = 0
            if path == "/sink" { holdsReads = true }
            if path != "/readyz", !hasCounted {
                hasCounted = true
                node.countConnection()
            }
        case .body(let buffer): bodyBytes += buffer.readableBytes
        case .end:
            if let head { respond(to: head, context) }
        }
        if path == "/sink", head != nil, bodyBytes == 0 { node.tell(.requested(path)) }
    }

    func read(context: ChannelHandlerContext) {
        if !holdsReads { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ResumeReads {
            holdsReads = false
            context.read()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if path != "/readyz" { node.tell(.closed(path)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func respond(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if path != "/readyz", path != "/sink" { node.tell(.requested(path)) }
        switch path {
        case "/readyz": readiness(context)
        case "/hold": break
        case "/drop": context.close(promise: nil)
        case "/half": half(context)
        case "/last":
            send(context, body: "last")
            context.close(promise: nil)
        case "/handshake": send(context, body: #"0{"sid":"lv_VI97HAXpY6yYWAAAB"}"#)
        case "/stream": stream(head, context)
        case "/sink":
            node.tell(.received(bodyBytes))
            send(context, body: "\(bodyBytes)")
        case "/upgrade": upgrade(context)
        default: echo(head, context)
        }
    }

    private func send(
        _ context: ChannelHandlerContext, status: HTTPResponseStatus = .ok, headers: HTTPHeaders = [:], body: String
    ) {
        var headers = headers
        headers.add(name: "Content-Length", value: "\(body.utf8.count)")
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
        if head?.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func readiness(_ context: ChannelHandlerContext) {
        let now = node.current
        guard !now.hangs else { return }
        let tag = now.tag.map { #","tag":"\#($0)""# } ?? ""
        let body = #"{"ready":\#(now.isReady),"draining":\#(now.isDraining),"sessions":\#(now.sessions)\#(tag)}"#
        send(context, status: now.isReady ? .ok : .serviceUnavailable, body: body)
    }

    private func echo(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let lines = head.headers.map { "\($0.name.lowercased()): \($0.value)" }
        let headers: HTTPHeaders = [
            "X-Node": node.tag, "Connection": "X-Secret", "X-Secret": "hop", "Keep-Alive": "timeout=5",
        ]
        let line = "\(head.method.rawValue) \(head.uri) \(bodyBytes)"
        send(context, headers: headers, body: ([line] + lines).joined(separator: "\n"))
    }

    private func half(_ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "10"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "12345"))))).assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }

    private func stream(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        toStream = head.uri.split(separator: "=").last.flatMap { Int($0) } ?? 0
        let response = HTTPResponseHead(version: .http1_1, status: .ok)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        streamMore(context)
    }

    private func streamMore(_ context: ChannelHandlerContext) {
        let chunk = ByteBuffer(repeating: 120, count: 16_384)
        while toStream > 0, context.channel.isWritable {
            toStream -= chunk.readableBytes
            node.countBytes(chunk.readableBytes)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(chunk))), promise: nil)
            if toStream <= 0 {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                node.tell(.sent(path))
            }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if toStream > 0 { streamMore(context) }
    }

    /// Answers 101 and sends its greeting in the same write; from then on echoes bytes.
    private func upgrade(_ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: .switchingProtocols, headers: ["Connection": "Upgrade", "Upgrade": "websocket"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        do {
            let pipeline = context.pipeline.syncOperations
            try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            try pipeline.addHandler(RawEcho(node: node))
            for context in [
                try pipeline.context(handlerType: HTTPServerProtocolErrorHandler.self),
                try pipeline.context(handlerType: HTTPServerPipelineHandler.self),
                try pipeline.context(handlerType: NIOHTTPResponseHeadersValidator.self),
                try pipeline.context(handlerType: HTTPResponseEncoder.self), context,
                try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self),
            ] {
                _ = pipeline.removeHandler(context: context)
            }
        } catch {
            context.close(promise: nil)
        }
    }
}

/// Tells a fake node that holds a request's body back to read on.
struct ResumeReads: Sendable {}

/// Echoes bytes. `"flood"` is answered by ``FakeNode/flood`` bytes; a half-close is answered by `"bye"` and a close.
private final class RawEcho: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let node: FakeNode
    private var toFlood = 0

    init(node: FakeNode) {
        self.node = node
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().execute {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: "hello\n")), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if buffer.readableBytesView.elementsEqual("flood".utf8) {
            toFlood = FakeNode.flood
            flood(context)
        } else {
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
    }

    private func flood(_ context: ChannelHandlerContext) {
        let chunk = ByteBuffer(repeating: 120, count: 16_384)
        while toFlood > 0, context.channel.isWritable {
            toFlood -= chunk.readableBytes
            node.countBytes(chunk.readableBytes)
            context.writeAndFlush(wrapOutboundOut(chunk), promise: nil)
            if toFlood == 0 { node.tell(.sent("flood")) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if toFlood > 0 { flood(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "bye"))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        node.tell(.closed("tunnel"))
    }
}
