import HTTPCodec
import NIOCore
import NIOHTTP1
import Routing

/// A client's connection as long as it speaks HTTP: takes requests one after the other and answers them in order.
///
/// Requests that were sent ahead wait here, bounded because nothing more is read while some wait. The bytes of a body are
/// read only as fast as the node takes them.
final class ClientConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Waits for a head.
        case idle
        /// A request is under way.
        case busy(Exchange)
        /// A request is answered before it was received: the rest of it is thrown away.
        case discarding(thenCloses: Bool)
        /// The last answer is written.
        case closing
        /// The connection goes on without HTTP.
        case tunnel
    }

    let listener: String
    let shard: Shard
    /// When `deadlinePassed` is called unless something happens; the shard looks at it several times a second.
    private(set) var deadline: NIODeadline
    private(set) var isDraining = false
    /// The client's address without port.
    private(set) var address = ""
    private var state = State.idle
    private var decoder: RequestDecoder
    /// What was read and not decoded: half a head, or requests that were sent ahead.
    private var input = ByteBuffer()
    private var output = AnswerWriter()
    private var isDecoding = false
    private var holdsRead = false
    private var sawPartialHead = false
    private var context: ChannelHandlerContext?

    init(listener: String, shard: Shard) {
        self.listener = listener
        self.shard = shard
        let limits = shard.gateway.configuration.clients
        deadline = .now() + TimeAmount(limits.headTimeout)
        decoder = RequestDecoder(
            limits: HeadLimits(
                lineBytes: limits.headBytes, fieldBytes: limits.headBytes, fieldCount: limits.headerFields))
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
    /// Reads requests as far as they may be read now, and then more bytes if they are wanted.
    private func proceed() {
        guard !isDecoding else { return }
        isDecoding = true
        do throws(MalformedMessage) {
            while takesRequests, let event = try decoder.next(from: &input) { handle(event) }
        } catch {
            failed(error == .tooLarge ? .headTooLarge : .badRequest)
        }
        isDecoding = false
        // An idle connection keeps no memory.
        if input.readableBytes == 0 { input = ByteBuffer() }
        if case .idle = state, isDraining, input.readableBytes == 0 { close() }
        resumeReading()
    }

    /// Whether what the client sent is looked at now.
    private var takesRequests: Bool {
        switch state {
        case .busy(let exchange): !exchange.requestHasEnded
        case .idle, .discarding: true
        case .closing, .tunnel: false
        }
    }

    private func handle(_ event: RequestEvent) {
        switch (event, state) {
        case (.head(let head), .idle): begin(head)
        case (.body(let buffer), .busy(let exchange)): exchange.bodyReceived(buffer)
        case (.end, .busy(let exchange)): exchange.requestEnded()
        case (.end, .discarding(let thenCloses)): thenCloses ? close() : becomeIdle()
        default: break
        }
    }

    private func failed(_ answer: LocalAnswer) {
        switch state {
        case .busy(let exchange): exchange.requestBroke(answer)
        case .idle: self.answer(answer, keepAlive: false, requestHasEnded: true)
        case .discarding, .closing, .tunnel: close()
        }
    }

    private func begin(_ head: RequestHead) {
        shard.gateway.counters.requests.add()
        sawPartialHead = false
        if let refusal = refusal(of: head) {
            answer(refusal, origin: head.fields.first("origin"), keepAlive: false, requestHasEnded: false)
            return
        }
        let exchange = Exchange(head, client: self)
        state = .busy(exchange)
        exchange.begin()
    }

    /// What the gateway does not do for a request that is well formed.
    private func refusal(of head: RequestHead) -> LocalAnswer? {
        if head.method == .connect { return .methodNotAllowed }
        if case .length(let length) = head.framing, let limit = limits.bodyBytes, length > limit {
            return .bodyTooLarge
        }
        return nil
    }

    private func becomeIdle() {
        state = .idle
        expectProgress(within: limits.keepAliveTimeout)
        proceed()
    }
}

// MARK: Answers

extension ClientConnection {
    func write(_ part: HTTPServerResponsePart) {
        guard let context else { return }
        output.write(part) { context.write(wrapOutboundOut($0), promise: nil) }
    }

    func flush() {
        guard let context else { return }
        if let bytes = output.take() { context.write(wrapOutboundOut(bytes), promise: nil) }
        context.flush()
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
        write(.end(nil))
        guard requestHasEnded else {
            // Closing now could destroy the answer on its way: what the client still sends would be answered by a reset.
            flush()
            state = .discarding(thenCloses: !keepAlive)
            expectProgress(within: limits.headTimeout)
            proceed()
            return
        }
        if keepAlive {
            flush()
            becomeIdle()
        } else {
            state = .closing
            input = ByteBuffer()
            expectProgress(within: limits.bodyTimeout)
            let last = output.take() ?? ByteBuffer()
            context.writeAndFlush(wrapOutboundOut(last)).assumeIsolated().whenComplete { _ in
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
        if case .idle = state, input.readableBytes == 0 { close() }
    }

    func nodeDied(_ node: NodeID) {
        if case .busy(let exchange) = state { exchange.nodeDied(node) }
    }

    func deadlinePassed() {
        switch state {
        case .busy(let exchange): exchange.deadlinePassed()
        case .idle where input.readableBytes > 0: answer(.requestTimeout, keepAlive: false, requestHasEnded: true)
        case .idle, .discarding, .closing: close()
        case .tunnel: break
        }
    }
}

// MARK: The pipeline

extension ClientConnection {
    /// Leaves the connection to a tunnel, later in this tick. The bytes that came behind the request are handed over.
    func handOver(to side: HandoverSide) throws {
        guard let context else { throw ChannelError.ioOnClosedChannel }
        try context.pipeline.syncOperations.addHandler(side)
        state = .tunnel
        context.eventLoop.assumeIsolated().execute {
            guard let context = self.context else { return }
            if self.input.readableBytes > 0 { context.fireChannelRead(NIOAny(self.input)) }
            self.input = ByteBuffer()
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        address = context.remoteAddress?.ipAddress ?? "unknown"
        shard.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        input = ByteBuffer()
        state = .closing
        shard.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = state { return }
        let bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeImmutableBuffer(bytes) }
        proceed()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .busy(let exchange) = state { exchange.flushToNode() }
        if input.readableBytes > 0, !sawPartialHead, case .idle = state {
            sawPartialHead = true
            expectProgress(within: limits.headTimeout)
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
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
        return exchange.requestHasEnded ? input.readableBytes == 0 : exchange.nodeTakesBody
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
