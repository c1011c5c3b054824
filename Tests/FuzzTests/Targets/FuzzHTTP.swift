import EngineIO
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import EngineServer

/// Plays a few connections to an HTTP server with an engine and a WebSocket echo.
///
/// The input is what clients send; F8 and a letter behind it is an event: `n` the bytes up to here arrive, `c` another
/// connection goes on, `x` the client goes away and another comes, `r` it stops or begins to read, `d` the server drains.
/// `s` stands for the id of the session that was opened last. One of the connections belongs to another server, with the
/// engine in front; one begins with a PROXY header.
///
/// Whatever comes, each connection gets nothing but complete responses, behind a 101 nothing but complete frames.
func fuzzHTTP(_ input: ByteBuffer) throws {
    let play = try HTTPPlay()
    var rest = input.readableBytesView[...]
    while let byte = rest.popFirst() {
        if byte == 0xF8, let event = rest.popFirst() {
            try play.happens(event)
        } else {
            play.pending.writeInteger(byte)
        }
    }
    try play.end()
}

/// The server, its connections and what happens on them.
private final class HTTPPlay {
    /// What the client of the current connection has sent and has not arrived.
    var pending = ByteBuffer()
    private let loop = EmbeddedEventLoop()
    private let engine: Engine
    /// How connections begin, by their places.
    private let doors: [(any Channel) throws -> Void]
    private var clients: [HTTPClient] = []
    private var current = 0
    private var sessionID = ""

    init() throws {
        var configuration = EngineConfiguration()
        configuration.maxPayload = 1024
        configuration.maxPacketsPerPayload = 16
        configuration.outboundLimit = 4096
        configuration.perMessageDeflate = PerMessageDeflate(threshold: 8)
        configuration.httpCompression = HTTPCompression(threshold: 8)
        configuration.trustedProxies = 1
        configuration.allowEIO3 = true
        let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
        engine = Engine(
            configuration: configuration, nodeTag: "TESTAB", loops: [loop], acceptor: Echo(), logger: logger)
        var listening = ListenerConfiguration(name: "fuzz", address: .tcp(host: "192.0.2.2", port: 1))
        listening.limits.maxHeaderBytes = 1024
        listening.limits.maxHeaderFields = 20
        listening.limits.maxPipelinedRequests = 8
        listening.limits.connectionsPerAddress = 2
        let mounts: [Mount] = [
            .engine(path: "/e", engine),
            .webSocketEcho(path: "/w", maxMessageSize: 256, perMessageDeflate: PerMessageDeflate(threshold: 8)),
        ]
        let plain = Listener(listening, mounts: mounts, responder: nil, logger: logger)
        listening.proxyProtocol = true
        let proxied = Listener(listening, mounts: mounts, responder: nil, logger: logger)
        let shared = HTTPPipeline(mounts: mounts, limits: listening.limits, logger: logger)
        doors = [
            plain.accept,
            { channel in
                try shared.add(to: channel) { try $0.pipeline.syncOperations.addHandler(OtherServer()) }
            },
            proxied.accept,
        ]
        for door in doors { clients.append(try HTTPClient(door, loop)) }
    }

    /// Something happens on the current connection.
    func happens(_ event: UInt8) throws {
        switch event {
        case UInt8(ascii: "s"): pending.writeString(sessionID)
        case UInt8(ascii: "n"): arrive()
        case UInt8(ascii: "c"):
            arrive()
            current = (current + 1) % clients.count
        case UInt8(ascii: "x"):
            arrive()
            try clients[current].leave()
            clients[current] = try HTTPClient(doors[current], loop)
        case UInt8(ascii: "r"): clients[current].toggleReading()
        case UInt8(ascii: "d"): clients[current].drain()
        default: pending.writeMultipleIntegers(UInt8(0xF8), event)
        }
        loop.run()
        for client in clients { client.collect() }
        if let opened = clients[current].lastSessionID { sessionID = opened }
    }

    private func arrive() {
        clients[current].send(pending)
        pending = ByteBuffer()
    }

    /// The rest arrives, all clients go away, and the engine closes.
    func end() throws {
        arrive()
        loop.run()
        for client in clients { try client.leave() }
        engine.onShard(0) { $0.close(.serverShuttingDown) }
        loop.run()
        let metrics = engine.metrics
        let opened = metrics.opened.values.reduce(0, +)
        let closed = metrics.closed.values.reduce(0, +)
        try check(metrics.sessions == 0 && opened == closed, "every session that was opened is closed once")
        try loop.syncShutdownGracefully()
    }
}

/// One client and what it has received.
private final class HTTPClient {
    private let channel: EmbeddedChannel
    private var received = ByteBuffer()
    private var asksForHead = false

    init(_ door: (any Channel) throws -> Void, _ loop: EmbeddedEventLoop) throws {
        channel = EmbeddedChannel(loop: loop)
        try door(channel)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    }

    /// The id in the open packet that came last.
    var lastSessionID: String? {
        let text = String(buffer: received)
        guard let start = text.ranges(of: "{\"sid\":\"").last?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != "\"" })
    }

    func send(_ bytes: ByteBuffer) {
        guard channel.isActive, bytes.readableBytes > 0 else { return }
        asksForHead = asksForHead || String(buffer: bytes).contains("HEAD")
        // What the server throws is an error that no handler took: the connection is closed by then.
        _ = try? channel.writeInbound(bytes)
    }

    func toggleReading() {
        channel.isWritable.toggle()
        channel.pipeline.fireChannelWritabilityChanged()
    }

    func drain() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Takes what the server has sent.
    func collect() {
        while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { received.writeImmutableBuffer(bytes) }
    }

    /// The client goes away; what it has received is looked at.
    func leave() throws {
        collect()
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
        collect()
        try ServerOutput.read(received, mayAnswerHead: asksForHead)
    }
}

/// Sends every message back, and obeys two words.
private struct Echo: SessionAcceptor {
    func opened(_ session: any EngineSession) -> any SessionHandler { Handler(session) }

    private final class Handler: SessionHandler {
        private unowned let session: any EngineSession

        init(_ session: any EngineSession) { self.session = session }

        func received(_ message: Message) {
            switch message {
            case .text(ByteBuffer(string: "close")): session.close(.forcedServerClose)
            case .text(ByteBuffer(string: "volatile")): session.send(OutgoingMessage(message), volatile: true)
            default: session.send(OutgoingMessage(message), volatile: false)
            }
        }

        func closed(_ reason: CloseReason) {}
    }
}

/// A server behind the engine: sends bodies back, in chunks or whole, or answers before it has read them.
private final class OtherServer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where head.uri.hasPrefix("/early"): answer(head, context)
        case .head(let head): (self.head, body) = (head, ByteBuffer())
        case .body(let bytes): body.writeImmutableBuffer(bytes)
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        if !request.uri.hasPrefix("/chunked") { headers.add(name: "content-length", value: "\(body.readableBytes)") }
        let head = HTTPResponseHead(version: request.version, status: .ok, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
