import NIOCore
import NIOHTTP1
import Routing

/// A client's connection as long as it speaks HTTP: takes requests one after the other and answers them in order.
///
/// Requests that were sent ahead wait here, bounded because nothing more is read while some wait. The bytes of a body are
/// read only as fast as the node takes them.
final class ClientConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Waits for a head.
        case idle
        /// A request is under way.
        case busy(Exchange)
        /// A request is answered before it was received: the rest of it is thrown away.
        case discarding(thenCloses: Bool)
        /// The last answer is written.
        case closing
    }

    private enum Event {
        case part(HTTPServerRequestPart)
        case failure(LocalAnswer)
    }

    let listener: String
    let shard: Shard
    /// When `deadlinePassed` is called unless something happens; the shard looks at it several times a second.
    private(set) var deadline: NIODeadline
    private(set) var isDraining = false
    /// The client's address without port.
    private(set) var address = ""
    private var state = State.idle
    private var waiting: CircularBuffer<Event> = []
    private var isHandlingWaiting = false
    private var holdsRead = false
    private var sawPartialHead = false
    private var context: ChannelHandlerContext?
    private let meter = ByteMeter()
    private var httpHandlers: [any RemovableChannelHandler] = []

    init(listener: String, shard: Shard) {
        self.listener = listener
        self.shard = shard
        deadline = .now() + TimeAmount(shard.gateway.configuration.clients.headTimeout)
    }

    private var limits: GatewayConfiguration.ClientLimits { shard.gateway.configuration.clients }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Something happened; the next thing must happen within this time.
    func expectProgress(within duration: Duration) {
        deadline = .now() + TimeAmount(duration)
    }
}

// MARK: Requests

extension ClientConnection {
    private func received(_ event: Event) {
        switch state {
        case .busy(let exchange) where exchange.requestHasEnded: waiting.append(event)
        case _ where !waiting.isEmpty: waiting.append(event)
        default: handle(event)
        }
    }

    private func handle(_ event: Event) {
        switch (event, state) {
        case (.failure(let answer), .busy(let exchange)): exchange.requestBroke(answer)
        case (.failure(let answer), .idle): self.answer(answer, keepAlive: false, requestHasEnded: true)
        case (.failure, _): close()
        case (.part(.head(let head)), .idle): begin(head)
        case (.part(.body(let buffer)), .busy(let exchange)): exchange.bodyReceived(buffer)
        case (.part(.end), .busy(let exchange)): exchange.requestEnded()
        case (.part(.end), .discarding(let thenCloses)): thenCloses ? close() : becomeIdle()
        case (.part, _): break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        shard.gateway.counters.requests.add()
        sawPartialHead = false
        if let refusal = refusal(of: head) {
            answer(refusal, origin: head.headers.first(name: "origin"), keepAlive: false, requestHasEnded: false)
            return
        }
        let exchange = Exchange(head, client: self)
        state = .busy(exchange)
        exchange.begin()
    }

    /// What is wrong with a head that the parser let pass.
    private func refusal(of head: HTTPRequestHead) -> LocalAnswer? {
        if head.uri.utf8.count > limits.headBytes { return .headTooLarge }
        if head.method == .CONNECT { return .methodNotAllowed }
        if head.headers.contains(name: "transfer-encoding"), !ForwardedHeaders.isChunked(head.headers) {
            return .badRequest
        }
        // Two hosts are a way to make two servers see two requests; none is not HTTP/1.1 (RFC 9112, section 3.2).
        let hosts = head.headers["host"].count
        if hosts > 1 || hosts == 0 && head.version.minor >= 1 { return .badRequest }
        if let limit = limits.bodyBytes, let length = head.headers.first(name: "content-length").flatMap({ Int($0) }),
            length > limit
        {
            return .bodyTooLarge
        }
        return nil
    }

    /// Handles what the client sent ahead.
    private func handleWaiting() {
        guard !isHandlingWaiting else { return }
        isHandlingWaiting = true
        defer { isHandlingWaiting = false }
        while let event = waiting.first {
            if case .busy(let exchange) = state, exchange.requestHasEnded { break }
            waiting.removeFirst()
            handle(event)
        }
        if case .idle = state, isDraining, meter.undecoded == 0 { close() }
        resumeReading()
    }

    private func becomeIdle() {
        state = .idle
        expectProgress(within: limits.keepAliveTimeout)
        handleWaiting()
    }
}

// MARK: Answers

extension ClientConnection {
    func write(_ part: HTTPServerResponsePart) {
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    /// Answers a request without a node.
    func answer(_ answer: LocalAnswer, origin: String? = nil, keepAlive: Bool, requestHasEnded: Bool) {
        shard.gateway.counters.failed(answer.failure)
        write(.head(answer.head(origin: origin, keepAlive: keepAlive)))
        if !answer.body.isEmpty { write(.body(.byteBuffer(ByteBuffer(string: answer.body)))) }
        answerEnded(keepAlive: keepAlive, requestHasEnded: requestHasEnded)
    }

    /// An answer is complete but for its end, which is written here.
    func answerEnded(keepAlive: Bool, requestHasEnded: Bool) {
        guard let context else { return }
        guard requestHasEnded else {
            // Closing now could destroy the answer on its way: what the client still sends would be answered by a reset.
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            state = .discarding(thenCloses: !keepAlive)
            expectProgress(within: limits.headTimeout)
            handleWaiting()
            return
        }
        if keepAlive {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            becomeIdle()
        } else {
            state = .closing
            waiting.removeAll()
            expectProgress(within: limits.bodyTimeout)
            context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        }
    }

    /// Closes at once, whatever is under way.
    func close() {
        context?.close(promise: nil)
    }

    /// Answers what is under way and takes nothing more.
    func drain() {
        isDraining = true
        if case .idle = state, meter.undecoded == 0 { close() }
    }

    func nodeDied(_ node: NodeID) {
        if case .busy(let exchange) = state { exchange.nodeDied(node) }
    }

    func deadlinePassed() {
        switch state {
        case .busy(let exchange): exchange.deadlinePassed()
        case .idle where meter.undecoded > 0: answer(.requestTimeout, keepAlive: false, requestHasEnded: true)
        case .idle, .discarding, .closing: close()
        }
    }
}

// MARK: The pipeline

extension ClientConnection {
    func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.headBytes
        decoding.maxHeaderListSize = limits.headBytes
        decoding.maxHeaderFieldCount = limits.headerFields
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(
                leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop, limitConfiguration: decoding
            ))
        let encoder = HTTPResponseEncoder(configuration: .unframed)
        httpHandlers = [self, encoder, meter, decoder]
        try pipeline.addHandlers([meter, decoder, encoder, self])
    }

    /// Replaces HTTP by raw bytes. The decoder leaves last and hands over the bytes that came with the request.
    func becomeTunnel(_ end: TunnelEnd) throws {
        guard let pipeline = context?.pipeline.syncOperations else { throw ChannelError.ioOnClosedChannel }
        try pipeline.addHandler(end)
        for handler in httpHandlers { _ = pipeline.removeHandler(handler) }
        httpHandlers = []
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        address = context.remoteAddress?.ipAddress ?? "unknown"
        shard.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        httpHandlers = []
        waiting.removeAll()
        state = .closing
        shard.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        meter.decoded()
        received(.part(unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .busy(let exchange) = state { exchange.flushToNode() }
        if meter.undecoded > limits.headBytes {
            received(.failure(.headTooLarge))
        } else if meter.undecoded > 0, !sawPartialHead, case .idle = state {
            sawPartialHead = true
            expectProgress(within: limits.headTimeout)
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: received(.failure(.headTooLarge))
        case is HTTPParserError: received(.failure(.badRequest))
        default: context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            holdsRead = true
        }
    }

    /// While an answer is awaited reading goes on until something came that has to wait: to stop and start it for every
    /// request would cost two system calls.
    private var mayRead: Bool {
        guard case .busy(let exchange) = state else { return true }
        return exchange.requestHasEnded ? waiting.isEmpty : exchange.nodeTakesBody
    }

    /// What held reading back may be over.
    func resumeReading() {
        guard holdsRead, let context else { return }
        holdsRead = false
        read(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .busy(let exchange) = state { exchange.clientBecameWritable() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .busy(let exchange) = state {
            state = .closing
            exchange.clientGone()
        }
        context.fireChannelInactive()
    }
}
