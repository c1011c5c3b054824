import HTTPCodec
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: reads requests, answers them in the order in which they came, and gives way to
/// ``WebSocketConnection`` after an upgrade.
///
/// One request is being answered at a time; those that a client pipelines behind it wait, up to a bound. Reading never
/// stops, so that a client that goes away while its poll is pending is noticed.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler, Flushable {
    typealias InboundIn = ByteBuffer

    /// The request being answered.
    struct Current {
        var keepAlive: Bool
        var isHTTP10: Bool
        var isHead: Bool
    }

    let listener: Listener
    let peer: Peer
    /// Adds the handlers for requests that belong to no mount, if another server answers them.
    let others: HTTPPipeline.Others?
    /// The way to these handlers, once there has been such a request.
    var passage: Passage?
    private(set) var context: ChannelHandlerContext?
    /// Sends past the channel, if nothing in the pipeline has to see it.
    @exclusivity(unchecked) private var writer: SocketWriter?

    var decoder: RequestDecoder
    /// What was read and is not decoded yet: nothing while a connection is idle.
    var input = ByteBuffer()
    /// Whether what comes is thrown away: something in front of it cannot be read, or will not be.
    var ignoresInput = false
    /// The request whose body is being read.
    var incoming: IncomingRequest?
    /// Requests that are read and wait for those before them.
    private(set) var waiting: [IncomingRequest] = []
    private(set) var current: Current?
    /// Who answers it.
    @exclusivity(unchecked) private var answerer = Answerer.none
    /// The last request that was answered, if it was a poll.
    private var answeredPoll: AnsweredPoll?
    /// Number of the current request, or of the last one.
    private var number = 0
    private var isStarting = false
    /// Whether the channel reads once in a turn, and not up to four times.
    private var readsOnce = false
    /// Whether bytes are being read: what is written is flushed at the end of the batch.
    var isReading = false
    private var needsFlush = false
    /// What leaves at the end of the turn.
    @exclusivity(unchecked) private var held: ByteBuffer?
    /// Whether the last response was sent: input is discarded until the client has closed too.
    private(set) var isFinished = false
    private(set) var isDraining = false
    /// Whether the client reads what is sent.
    private(set) var isWritable = false
    /// The WebSocket that takes over.
    private var successor: WebSocketConnection?

    private let shared: ListenerLoop
    /// That of ``shared``, without a reference to count on the way.
    private let outbox: Outbox
    /// When the connection is cut, unless something happens.
    var deadline: NIODeadline = .distantFuture
    /// Where the wheel has noted the connection.
    var place: DeadlineWheel.Place?
    /// Why the connection is cut at its deadline.
    private var overdue: CutReason?

    init(listener: Listener, peer: Peer, shared: ListenerLoop, others: HTTPPipeline.Others?) {
        self.listener = listener
        self.others = others
        self.peer = peer
        self.shared = shared
        outbox = shared.outbox
        writer = listener.isPlain ? SocketWriter() : nil
        decoder = RequestDecoder(limits: listener.headLimits)
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        if writer == nil { readOnceInTurn(context) }
        expect(within: listener.headTimeout, orCut: .headTimeout)
    }

    /// Has the channel read once in a turn of the loop. It keeps as many buffers as it may read at once, but no second one
    /// before the first was full or somebody keeps what is in it. To say so takes 2,600 instructions, which a connection is
    /// spared that comes for a few short requests and goes.
    private func readOnceInTurn(_ context: ChannelHandlerContext) {
        guard !readsOnce else { return }
        readsOnce = true
        // A channel that is closed already does not read.
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        shared.deadlines.forget(self)
        listener.forgetIfClosed(context.channel)
        self.context = nil
        isWritable = false
        passage = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinished else { return }
        isReading = true
        let bytes = unwrapInboundIn(data)
        if bytes.writableBytes == 0, writer != nil { readOnceInTurn(context) }
        received(bytes)
        if successor != nil { handOver() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Nothing was read: this is the client's end, which is told of next.
        guard isReading || passage != nil else { return }
        isReading = false
        batchEnded()
        flushIfNeeded()
        if held != nil { outbox.readCompleted() }
        if passage != nil { context.fireChannelReadComplete() } else if writer != nil { readOn(context) }
    }

    /// Has the channel wait for more, as it would by itself behind this, but by way of the whole pipeline: there is nobody in
    /// it who has to see that.
    private func readOn(_ context: ChannelHandlerContext) {
        context.channel._channelCore.read0()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isFinished { answeredPoll?.connectionEnded() }
        answeredPoll = nil
        incoming?.abort(on: ObjectIdentifier(self), isRefused: false)
        incoming = nil
        if let passage, passage.isReading { passage.failed(HTTPParserError.invalidEOFState) }
        isFinished = true
        waiting = []
        switch endCurrent() {
        case .poll(let engine, let session, let exchange): engine.pollAborted(exchange, of: session)
        case .hook(let run): run.abandon()
        case .responder(let task): task.cancel()
        case .none: break
        }
        if others != nil { context.fireChannelInactive() }
    }

    // Nobody is behind it who would have to know, unless another server accepted the connection.
    func channelRegistered(context: ChannelHandlerContext) { if others != nil { context.fireChannelRegistered() } }
    func channelActive(context: ChannelHandlerContext) { if others != nil { context.fireChannelActive() } }
    func channelUnregistered(context: ChannelHandlerContext) { if others != nil { context.fireChannelUnregistered() } }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if let passage {
            if passage.isBusy { awaitsReader() }
            context.fireChannelWritabilityChanged()
        }
        if isWritable { startNext() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isFinished else { return }
        if let passage, passage.isReading { passage.failed(error) }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isDraining = true
        if isIdle { finish() }
    }

    /// Whether the connection waits for a request.
    var isIdle: Bool {
        current == nil && incoming == nil && waiting.isEmpty && !isFinished
    }

    // MARK: Answering

    /// Has a request answered behind those before it.
    func enqueue(_ request: IncomingRequest) {
        guard waiting.count < listener.limits.maxPipelinedRequests else {
            return cut(.tooManyRequests)
        }
        if current == nil, waiting.isEmpty, !isStarting, isWritable {
            isStarting = true
            start(request)
            isStarting = false
        } else {
            waiting.append(request)
        }
        startNext()
    }

    /// Starts the next request if none is being answered. Requests that are answered at once are a loop here, not a
    /// recursion.
    private func startNext() {
        guard !isStarting else { return }
        isStarting = true
        defer { isStarting = false }
        while current == nil, !isFinished, isWritable, !waiting.isEmpty { start(waiting.removeFirst()) }
        // Behind answers that the client does not read no request is started, and it has not for ever to read them.
        if !isWritable { return expect(within: listener.keepAliveTimeout, orCut: .unreadAnswers) }
        guard isIdle, successor == nil else { return }
        if isDraining { finish() } else { expect(within: listener.keepAliveTimeout) }
    }

    /// Starts a request.
    func start(_ request: IncomingRequest) {
        guard context != nil else { return }
        flush()
        number += 1
        let exchange = Exchange(self, number: number, loop: shared.loop)
        guard let head = request.head else {
            current = Current(keepAlive: false, isHTTP10: false, isHead: false)
            return exchange.respond(Response(status: request.refusal ?? .badRequest, closes: true))
        }
        current = Current(head)
        if let refusal = request.refusal {
            exchange.respond(Response(status: refusal, closes: true))
        } else {
            dispatch(request, head, exchange)
        }
    }

    /// The current request is not being answered any more.
    /// - Returns: who answered it.
    @discardableResult
    private func endCurrent() -> Answerer {
        current = nil
        return exchange(&answerer, with: .none)
    }

    /// Remembers who answers the current request, to be told when the client goes away.
    func setAnswerer(_ answerer: Answerer) {
        if current != nil { self.answerer = answerer }
    }

    /// Sends the response to a request.
    /// - Parameters:
    ///   - response: the response.
    ///   - number: the request's number; if it is not being answered any more, nothing happens.
    func respond(_ response: Response, to number: Int) {
        guard context != nil, let current, number == self.number else { return }
        let closes = response.closes || !current.keepAlive || (isDraining && waiting.isEmpty)
        var head = outbox.spares.take()
        let body = response.write(
            to: &head, persistence: closes ? .close : current.isHTTP10 ? .keepAlive : .standard,
            isHead: current.isHead)
        if let body { pass(head, body) } else { write(consume head) }
        answeredPoll = AnsweredPoll(endCurrent(), at: outbox.now)
        if closes { finish() } else { startNext() }
    }

    /// The current request, which was passed on, is read and answered.
    func passed(closes: Bool) {
        guard current != nil, !isFinished else { return }
        endCurrent()
        if closes { finish() } else { startNext() }
    }

    /// Sends bytes: what was caused by what is being read at the end of the turn, when other connections have been read, too,
    /// unless more may follow in this batch. All of that leaves together, by the channel.
    func write(_ bytes: consuming ByteBuffer) {
        flush()
        guard writer != nil, !isReading || input.readableBytes == 0 else { return pass(consume bytes) }
        held = consume bytes
        if isReading { outbox.add(self) } else { flush() }
    }

    /// Sends what was held for the end of the turn.
    func flush() { flush(isLast: false) }

    /// - Parameter isLast: whether our direction is closed right behind this.
    private func flush(isLast: Bool) {
        guard held != nil, let context, var bytes = exchange(&held, with: nil) else { return }
        writer?.send(&bytes, past: context, isLast: isLast)
        if bytes.readableBytes > 0 { pass(bytes) }
        outbox.spares.put(consume bytes)
    }

    /// Gives the channel bytes.
    private func pass(_ bytes: ByteBuffer, _ more: ByteBuffer? = nil) {
        flush()
        writer?.channelWrites()
        context?.write(NIOAny(bytes), promise: nil)
        if let more { context?.write(NIOAny(more), promise: nil) }
        needsFlush = true
        if !isReading { flushIfNeeded() }
    }

    private func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    // MARK: Giving way

    /// Gives the WebSocket the 101 response to send, and hands the connection over when what was read with the request has
    /// been looked at: the owner of the WebSocket has to know of it before it gets what the client sent behind the request.
    func upgrade(to webSocket: WebSocketConnection, response: ByteBuffer, for number: Int) {
        guard let context, current != nil, number == self.number else { return webSocket.neverOpened() }
        endCurrent()
        webSocket.listener = listener
        webSocket.take(writer, response)
        do {
            try context.pipeline.syncOperations.addHandler(webSocket, position: .after(self))
        } catch {
            webSocket.neverOpened()
            return context.close(promise: nil)
        }
        readOnceInTurn(context)
        deadline = .distantFuture
        successor = webSocket
        if !isReading { context.eventLoop.assumeIsolated().execute { self.handOver() } }
    }

    private func handOver() {
        guard let context, let webSocket = successor else { return }
        successor = nil
        let rest = input
        input = ByteBuffer()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        webSocket.settle(rest)
    }

    // MARK: Ending

    /// Ends the connection from our side and waits a moment for the client to do the same: closing at once would
    /// reset it, and the last response might get lost.
    private func finish() {
        guard !isFinished, let context else { return }
        flush(isLast: true)
        isFinished = true
        waiting = []
        input = ByteBuffer()
        needsFlush = false
        context.flush()
        expect(within: listener.keepAliveTimeout)
        context.close(mode: .output).assumeIsolated().whenComplete { _ in
            self.expect(within: .seconds(2))
        }
    }

    /// Nothing behind the request that is being answered, or that was the last to be read, can be read.
    func readsNoMore() {
        ignoresInput = true
        input = ByteBuffer()
        if !isFinished { isDraining = true }
    }

    /// Sets the deadline of what is expected next.
    /// - Parameters:
    ///   - timeout: time from now.
    ///   - limit: the latest deadline.
    ///   - reason: what a client is reproached with that misses it; `nil` if nobody would wonder.
    func expect(
        within timeout: TimeAmount, atMost limit: NIODeadline = .distantFuture, orCut reason: CutReason? = nil
    ) {
        overdue = reason
        deadline = min(limit, outbox.now + timeout)
        if let place, place.isEarlyEnough(for: deadline) { return }
        if context != nil { shared.deadlines.watch(self) }
    }

    /// The deadline may have passed.
    func wakeUp(_ now: NIODeadline) {
        guard deadline != .distantFuture else { return }
        guard deadline <= now else { return shared.deadlines.watch(self) }
        deadline = .distantFuture
        guard incoming != nil else { return cut(overdue) }
        listener.countCut(.bodyTimeout)
        refuse(.requestTimeout)
    }

    /// Closes at once: what still arrives while TLS says goodbye is nobody's business any more.
    func cut(_ reason: CutReason?) {
        if let reason { listener.countCut(reason) }
        // Nobody behind us takes half a body for a whole one.
        if let passage, passage.isReading { passage.failed(HTTPParserError.invalidEOFState) }
        flush()
        isFinished = true
        context?.close(promise: nil)
    }
}

extension HTTPConnection.Current {
    init(_ head: RequestHead) {
        let isHead = if case .head = head.method { true } else { false }
        self.init(
            keepAlive: head.isKeepAlive && !head.wantsUpgrade, isHTTP10: head.minorVersion == 0, isHead: isHead)
    }
}
