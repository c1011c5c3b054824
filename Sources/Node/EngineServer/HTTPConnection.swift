import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: reads requests, answers them in the order in which they came, and gives way to
/// ``WebSocketConnection`` after an upgrade.
///
/// One request is being answered at a time; those that a client pipelines behind it wait, up to a bound. Reading never
/// stops, so that a client that goes away while its poll is pending is noticed.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias Decoder = ByteToMessageHandler<HTTPRequestDecoder>

    /// The request being answered.
    struct Current {
        var keepAlive: Bool
        var isHTTP10: Bool
        var isHead: Bool
        var answerer = Answerer.none
    }

    let listener: Listener
    let peer: Peer
    /// Adds the handlers for requests that belong to no mount, if another server answers them.
    let others: HTTPPipeline.Others?
    /// The way to these handlers, once there has been such a request.
    var passage: Passage?
    private let decoder: Decoder
    private(set) var context: ChannelHandlerContext?

    /// The request whose body is being read.
    private var incoming: IncomingRequest?
    /// Requests that are read and wait for those before them.
    private(set) var waiting = CircularBuffer<IncomingRequest>(initialCapacity: 0)
    private(set) var current: Current?
    /// Number of the current request, or of the last one.
    private var number = 0
    private var isStarting = false
    /// Whether bytes are being read: what is written is flushed at the end of the batch.
    private(set) var isReading = false
    private var needsFlush = false
    /// Whether the last response was sent: input is discarded until the client has closed too.
    private var isFinished = false
    private(set) var isDraining = false
    var deadline: NIODeadline = .distantFuture
    private var timer: Scheduled<Void>?

    init(listener: Listener, decoder: Decoder, peer: Peer, others: HTTPPipeline.Others?) {
        self.listener = listener
        self.others = others
        self.decoder = decoder
        self.peer = peer
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        expect(within: listener.limits.headTimeout, orCut: .headTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
        passage = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinished else { return }
        isReading = true
        let part = unwrapInboundIn(data)
        if let passage, passage.isReading {
            deadline = .distantFuture
            return passage.read(part)
        }
        switch part {
        case .head(let head): received(head)
        case .body(let bytes): received(bytes)
        case .end: receivedEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that made no request part are the beginning of a head, which has its own deadline.
        if !isReading, isIdle {
            expect(within: listener.limits.headTimeout, atMost: deadline, orCut: .headTimeout)
        }
        isReading = false
        if let post = incoming?.announcement() { post.engine.postBegan(post.sessionID, on: ObjectIdentifier(self)) }
        flushIfNeeded()
        if passage != nil { context.fireChannelReadComplete() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        incoming?.abort(on: ObjectIdentifier(self), isRefused: false)
        incoming = nil
        isFinished = true
        waiting.removeAll()
        let answerer = current?.answerer
        current = nil
        switch answerer {
        case .poll(let engine, let sessionID, let exchange): engine.pollAborted(exchange, sessionID: sessionID)
        case .hook(let run): run.abandon()
        case .responder(let task): task.cancel()
        case .some(.none), nil: break
        }
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if let passage {
            if passage.isBusy { awaitsReader() }
            context.fireChannelWritabilityChanged()
        }
        if context.channel.isWritable { startNext() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Input behind the first error, which has been answered.
        guard !(error is ByteToMessageDecoderError), !isFinished else { return }
        if let passage, passage.isReading {
            expect(within: listener.limits.keepAliveTimeout)
            passage.failed(error)
            if !(error is HTTPParserError) { context.close(promise: nil) }
            return
        }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        // The decoder reports the end of the input inside a message, too; that is no request to answer.
        guard error != .invalidEOFState else { return }
        let status: HTTPResponseStatus = error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
        refuse(status)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isDraining = true
        if isIdle { finish() }
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Whether the connection waits for a request.
    private var isIdle: Bool {
        current == nil && incoming == nil && waiting.isEmpty && !isFinished
    }

    // MARK: Reading requests

    private func received(_ head: HTTPRequestHead) {
        let mount = listener.mount(for: head.uri)
        let request = IncomingRequest(head: head, mount: mount, limits: listener.limits)
        incoming = request
        if mount == nil, others != nil, request.refusal == nil, isWritable, current == nil, waiting.isEmpty {
            incoming = nil
            start(request)
        } else if request.isTooLarge {
            refuse(.payloadTooLarge)
        } else {
            if request.awaitsContinue, current == nil { write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")) }
            expect(within: listener.limits.bodyTimeout, orCut: .bodyTimeout)
        }
    }

    private func received(_ bytes: ByteBuffer) {
        incoming?.append(bytes)
        if incoming?.isTooLarge == true { refuse(.payloadTooLarge) }
    }

    private func receivedEnd() {
        guard var request = incoming else { return }
        incoming = nil
        request.isComplete = true
        deadline = .distantFuture
        enqueue(request)
    }

    /// Answers the request being read with an error, behind the answers still due, and closes.
    private func refuse(_ status: HTTPResponseStatus) {
        incoming?.abort(on: ObjectIdentifier(self), isRefused: true)
        var request = incoming ?? IncomingRequest(malformed: listener.limits)
        request.refusal = status
        incoming = nil
        deadline = .distantFuture
        enqueue(request)
        // Nothing that comes behind it can be read.
        if !isFinished { isDraining = true }
    }

    private func enqueue(_ request: IncomingRequest) {
        guard waiting.count < listener.limits.maxPipelinedRequests else {
            return cut(.tooManyRequests)
        }
        waiting.append(request)
        startNext()
    }

    // MARK: Answering

    /// Starts the next request if none is being answered. Requests that are answered at once are a loop here, not a
    /// recursion.
    private func startNext() {
        guard !isStarting else { return }
        isStarting = true
        defer { isStarting = false }
        while current == nil, !isFinished, isWritable, let request = waiting.popFirst() { start(request) }
        // Behind answers that the client does not read no request is started, and it has not for ever to read them.
        if !isWritable { return expect(within: listener.limits.keepAliveTimeout, orCut: .unreadAnswers) }
        guard isIdle else { return }
        if isDraining { finish() } else { expect(within: listener.limits.keepAliveTimeout) }
    }

    private func start(_ request: IncomingRequest) {
        guard let context else { return }
        number += 1
        current = Current(
            keepAlive: request.head.isKeepAlive && !request.wantsUpgrade, isHTTP10: request.head.version == .http1_0,
            isHead: request.head.method == .HEAD)
        let exchange = Exchange(self, number: number, loop: context.eventLoop)
        if let refusal = request.refusal {
            exchange.respond(Response(status: refusal, closes: true))
        } else {
            dispatch(request, exchange)
        }
    }

    /// Remembers who answers the current request, to be told when the client goes away.
    func setAnswerer(_ answerer: Answerer) {
        current?.answerer = answerer
    }

    /// Sends the response to a request.
    /// - Parameters:
    ///   - response: the response.
    ///   - number: the request's number; if it is not being answered any more, nothing happens.
    func respond(_ response: Response, to number: Int) {
        guard let context, let current, number == self.number else { return }
        let closes = response.closes || !current.keepAlive || (isDraining && waiting.isEmpty)
        var head = context.channel.allocator.buffer(capacity: 256 + response.fields.utf8.count)
        let body = response.write(
            to: &head, persistence: closes ? .close : current.isHTTP10 ? .keepAlive : .standard,
            isHead: current.isHead)
        write(head)
        if let body { write(body) }
        self.current = nil
        if closes { finish() } else { startNext() }
    }

    /// The current request, which was passed on, is read and answered.
    func passed(closes: Bool) {
        guard current != nil, !isFinished else { return }
        current = nil
        if closes { finish() } else { startNext() }
    }

    /// Sends the 101 response and hands the connection over.
    func upgrade(to webSocket: WebSocketConnection, response: ByteBuffer, for number: Int) {
        guard let context, current != nil, number == self.number else { return webSocket.neverOpened() }
        self.current = nil
        let pipeline = context.pipeline.syncOperations
        context.writeAndFlush(NIOAny(response), promise: nil)
        do {
            try pipeline.addHandler(webSocket, position: .after(self))
        } catch {
            webSocket.neverOpened()
            return context.close(promise: nil)
        }
        pipeline.removeHandler(context: context, promise: nil)
        // What the client sent behind its request comes out of the decoder when it leaves.
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in webSocket.settle() }
    }

    func write(_ bytes: ByteBuffer) {
        context?.write(NIOAny(bytes), promise: nil)
        needsFlush = true
        if !isReading { flushIfNeeded() }
    }

    private func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    // MARK: Ending

    /// Ends the connection from our side and waits a moment for the client to do the same: closing at once would
    /// reset it, and the last response might get lost.
    private func finish() {
        guard !isFinished, let context else { return }
        isFinished = true
        waiting.removeAll()
        needsFlush = false
        context.flush()
        expect(within: listener.limits.keepAliveTimeout)
        context.close(mode: .output).assumeIsolated().whenComplete { _ in
            self.expect(within: .seconds(2))
        }
    }

    /// Sets the deadline of what is expected next. One timer per connection looks after it and is moved only when it
    /// fires, since deadlines change with every request.
    /// - Parameters:
    ///   - timeout: time from now.
    ///   - limit: the latest deadline.
    ///   - reason: what a client is reproached with that misses it; `nil` if nobody would wonder.
    func expect(
        within timeout: Duration, atMost limit: NIODeadline = .distantFuture, orCut reason: CutReason? = nil
    ) {
        overdue = reason
        let now = NIODeadline.now()
        deadline = min(limit, now + TimeAmount(timeout))
        if timer == nil { schedule() }
        // A shorter deadline than the timer's is rare (a head after a long wait): reschedule then.
        if let due = timerDue, deadline < due { schedule() }
    }

    private var timerDue: NIODeadline?
    /// Why the connection is cut at its deadline.
    private var overdue: CutReason?

    private func schedule() {
        timer?.cancel()
        timer = nil
        timerDue = nil
        guard let context, deadline != .distantFuture else { return }
        timerDue = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        timerDue = nil
        guard deadline <= .now() else { return schedule() }
        guard incoming != nil else { return cut(overdue) }
        listener.countCut(.bodyTimeout)
        refuse(.requestTimeout)
    }

    /// Closes at once: what still arrives while TLS says goodbye is nobody's business any more.
    private func cut(_ reason: CutReason?) {
        if let reason { listener.countCut(reason) }
        // Nobody behind us takes half a body for a whole one.
        if let passage, passage.isReading { passage.failed(HTTPParserError.invalidEOFState) }
        isFinished = true
        context?.close(promise: nil)
    }
}
