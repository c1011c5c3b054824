import EngineIO
import NIOCore
import NIOSSL

/// One WebSocket connection: the only handler of its channel after the upgrade.
///
/// Frames are read straight from the received bytes. What is sent is collected in one buffer and written once per read
/// batch or loop turn; large frames are not copied. While the client does not read, what is sent waits here, up to a
/// bound.
final class WebSocketConnection: ChannelInboundHandler, WebSocketSender, Flushable {
    typealias InboundIn = ByteBuffer

    private enum State {
        case open
        /// More waits than may: to be cut at the end of the turn.
        case overflowing
        /// The close frame was sent: input is discarded until the client closes, too.
        case closing
        case closed
    }

    /// Told what happens. Released when the connection has ended.
    @exclusivity(unchecked) var receiver: (any WebSocketReceiver)?
    /// Knows of the connection.
    var listener: Listener?
    private let outbox: Outbox
    private let outboundLimit: Int
    private let compression: WebSocketCompression?
    @exclusivity(unchecked) private var decoder: WebSocketDecoder
    /// The beginning of a frame that is not complete yet. An idle connection keeps no memory.
    @exclusivity(unchecked) private var rest: ByteBuffer?
    @exclusivity(unchecked) private var context: ChannelHandlerContext?
    @exclusivity(unchecked) private var state = State.open
    /// Whether the client's close frame has come: nothing follows it.
    private var hasClientClosed = false

    @exclusivity(unchecked) private var isDirty = false
    /// Small frames that are to be written next: those of one message as they came, shared with its other receivers, or
    /// of several, copied one behind the other.
    @exclusivity(unchecked) private var buffer: ByteBuffer?
    /// Whether nobody else needs the memory of ``buffer``.
    @exclusivity(unchecked) private var isOwn = false
    /// What is to be written before ``buffer``.
    @exclusivity(unchecked) private var queue: [ByteBuffer] = []
    @exclusivity(unchecked) private var queuedBytes = 0
    /// Bytes that the channel had been given when it became unwritable.
    @exclusivity(unchecked) private var channelBytes = 0
    /// Sends what waits past the channel, if nothing in the pipeline has to see it.
    @exclusivity(unchecked) private var writer: SocketWriter?
    @exclusivity(unchecked) private var isWritable = true
    /// Cuts at the deadline of a message that is arriving, or of the client's close frame.
    private var timer: Scheduled<Void>?
    /// Until when the message that has begun must be here.
    @exclusivity(unchecked) private var messageDue = NIODeadline.distantFuture
    private let messageTimeout: TimeAmount

    /// Creates a connection.
    /// - Parameters:
    ///   - maxMessageSize: longest message that is accepted, in bytes.
    ///   - outboundLimit: most bytes that wait for the client to read.
    ///   - messageTimeout: time from the first byte of a message to its last.
    ///   - outbox: flushes it at the end of a loop turn.
    ///   - compression: compresses and restores messages, if that was agreed on.
    init(
        maxMessageSize: Int, outboundLimit: Int, messageTimeout: Duration, outbox: Outbox,
        compression: WebSocketCompression?
    ) {
        // The channel only holds on to its buffer in order to read into it again, once nobody else needs it.
        decoder = WebSocketDecoder(
            maxMessageSize: maxMessageSize, acceptsDeflated: compression != nil, ownsBytes: true)
        self.compression = compression
        self.outboundLimit = outboundLimit
        self.messageTimeout = TimeAmount(messageTimeout)
        self.outbox = outbox
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isWritable = context.channel.isWritable
        if state == .closing { finish(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        listener?.forgetIfClosed(context.channel)
        self.context = nil
    }

    /// It is about to be added to a channel.
    /// - Parameters:
    ///   - writer: writes past this channel.
    ///   - response: the 101 response, which leaves together with the first frames.
    func take(_ writer: SocketWriter?, _ response: ByteBuffer) {
        self.writer = writer
        var first = outbox.spares.take()
        first.writeImmutableBuffer(response)
        let frames = takeBuffer()
        (buffer, isOwn) = (first, true)
        if let frames { append(frames, isOwn: false) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .open else { return }
        let bytes = unwrapInboundIn(data)
        outbox.tally.counts.framesReceived &+= bytes.readableBytes
        var input = joined(bytes)
        do throws(WebSocketError) {
            while state == .open, input.readableBytes > 0, let event = try decoder.next(from: &input) {
                try received(event)
            }
        } catch {
            receiver?.readCompleted()
            end(.transportError, code: error.code)
        }
        if input.readableBytes > 0 { rest = input }
        watchMessage()
    }

    /// What has to be decoded now that more bytes are here.
    private func joined(_ bytes: ByteBuffer) -> ByteBuffer {
        guard var joined = rest else {
            // Messages stay where the channel read them, unless whoever keeps one would keep much more memory with it.
            let isFilled = bytes.storageCapacity <= max(4 * bytes.readableBytes, 1 << 10)
            return isFilled ? bytes : ByteBuffer(buffer: bytes)
        }
        rest = nil
        joined.discardReadBytes()
        joined.writeImmutableBuffer(bytes)
        return joined
    }

    /// Sets the deadline of a message that has begun.
    private func watchMessage() {
        guard state == .open, rest != nil || decoder.isInsideMessage else {
            messageDue = .distantFuture
            return
        }
        guard messageDue == .distantFuture else { return }
        messageDue = .now() + messageTimeout
        // One timer looks after many messages: it is moved when it fires.
        if timer == nil { scheduleMessageTimer() }
    }

    private func scheduleMessageTimer() {
        timer = context?.eventLoop.assumeIsolated().scheduleTask(deadline: messageDue) {
            self.timer = nil
            guard self.state == .open, self.messageDue != .distantFuture else { return }
            guard self.messageDue <= .now() else { return self.scheduleMessageTimer() }
            self.end(.messageTimeout, code: WebSocketCloseCode.policyViolation)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        receiver?.readCompleted()
        outbox.readCompleted()
        // What the channel does by itself behind this call, but through the pipeline, in which nobody wants to know.
        if writer != nil { context.channel._channelCore.read0() }
    }

    /// ``HTTPConnection`` has left the pipeline and the owner knows of the connection.
    /// - Parameter rest: what was read behind the handshake.
    func settle(_ rest: ByteBuffer) {
        if rest.readableBytes > 0, let context { channelRead(context: context, data: NIOAny(rest)) }
        receiver?.readCompleted()
        markDirty()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { channelBytes = 0 }
        receiver?.blocked(!isWritable)
        flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that leaves without the farewell of TLS has left all the same.
        guard error as? NIOSSLError != .uncleanShutdown else { return }
        if state == .open {
            state = .closed
            report(.transportError)
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if state == .open || state == .overflowing { report(.transportClose) }
        state = .closed
        receiver = nil
        outbox.readCompleted()
    }

    // Nobody is behind it who would have to know.
    func channelUnregistered(context: ChannelHandlerContext) {}

    /// The client left before the handshake was answered.
    func neverOpened() {
        guard state == .open else { return }
        state = .closed
        report(.transportClose)
    }

    // MARK: Receiving

    private func received(_ event: WebSocketEvent) throws(WebSocketError) {
        // What comes next is another message, unless this was a ping between fragments.
        if !decoder.isInsideMessage { messageDue = .distantFuture }
        switch event {
        case .text(let text): receiver?.received(.text(text), on: self)
        case .binary(let bytes): receiver?.received(.binary(bytes), on: self)
        case .deflated(let payload, let isText):
            guard let compression else { return }
            try received(try compression.restore(payload, isText: isText))
        case .ping(let payload): send(frames: WebSocketFrame.pong(payload), isOwn: false)
        case .pong: break
        case .close(let code, _):
            receiver?.readCompleted()
            hasClientClosed = true
            end(.transportClose, code: code ?? WebSocketCloseCode.normal)
        }
    }

    private func end(_ reason: CloseReason, code: UInt16) {
        guard state == .open else { return }
        // The owner first: it may not send any more.
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(self, reason)
        close(code)
    }

    private func report(_ reason: CloseReason) {
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(self, reason)
    }

    // MARK: Sending

    var isBlocked: Bool { !isWritable }

    func send(_ message: OutgoingMessage) {
        // Closed connections need not compress.
        guard let compression, state == .open else { return send(frames: message.frames, isOwn: message.isForOne) }
        send(frames: compression.frames(of: message), isOwn: false)
    }

    /// - Parameters:
    ///   - frames: what to send.
    ///   - isOwn: whether nobody else needs their memory.
    private func send(frames: ByteBuffer, isOwn: Bool) {
        guard state == .open else { return }
        let size = frames.readableBytes
        guard isWritable || size <= outboundLimit - waitingBytes - channelBytes else {
            // Not now: whoever sends may be in the middle of a broadcast.
            state = .overflowing
            return markDirty()
        }
        outbox.tally.counts.framesSent &+= size
        if size <= WriteCost.largestCopy {
            append(frames, isOwn: isOwn)
        } else {
            queueBuffer()
            queue.append(frames)
            queuedBytes += size
        }
        if isWritable, waitingBytes > 1 << 16 { flush() } else { markDirty() }
    }

    /// Bytes that the channel has not been given.
    private var waitingBytes: Int { queuedBytes + (buffer?.readableBytes ?? 0) }

    /// Adds small frames. Most turns have one message for a client, which needs no memory of its own here.
    private func append(_ frames: ByteBuffer, isOwn: Bool) {
        guard buffer != nil else {
            (buffer, self.isOwn) = (frames, isOwn)
            return
        }
        if !self.isOwn, let first = buffer {
            var copy = outbox.spares.take()
            copy.writeImmutableBuffer(first)
            (buffer, self.isOwn) = (copy, true)
        }
        buffer?.writeImmutableBuffer(frames)
        if isOwn { outbox.spares.put(frames) }
    }

    /// Takes the small frames out.
    private func takeBuffer() -> ByteBuffer? {
        defer { (buffer, isOwn) = (nil, false) }
        return buffer
    }

    private func queueBuffer() {
        guard let frames = takeBuffer() else { return }
        queuedBytes += frames.readableBytes
        queue.append(frames)
    }

    private func markDirty() {
        guard !isDirty else { return }
        isDirty = true
        outbox.add(self)
    }

    /// Writes what waits, unless the client does not read.
    func flush() {
        isDirty = false
        guard let context, state == .open || state == .overflowing else { return }
        guard state == .open else {
            state = .closed
            report(.slowConsumer)
            return context.close(promise: nil)
        }
        if isWritable { write(to: context) }
    }

    /// Writes what waits: what the socket takes at once past the channel, the rest by it.
    private func write(to context: ChannelHandlerContext) {
        send(past: context)
        if waitingBytes > 0 { pass(to: context, promise: nil) }
    }

    /// Sends what waits if it is in one piece; several leave together, by the channel.
    /// - Parameters:
    ///   - context: the handler's.
    ///   - isLast: whether the channel, or its direction to the client, is closed right behind this.
    private func send(past context: ChannelHandlerContext, isLast: Bool = false) {
        guard writer != nil, queue.isEmpty, var frames = buffer else { return }
        buffer = nil
        writer?.send(&frames, past: context, isLast: isLast)
        guard frames.readableBytes == 0 else { return buffer = frames }
        if isOwn { outbox.spares.put(frames) }
        isOwn = false
    }

    /// Gives the channel what waits.
    private func pass(to context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        // Nothing but these bytes is in the channel, if it cannot write them at once.
        channelBytes = waitingBytes
        writer?.channelWrites()
        let isOwn = isOwn
        guard let last = takeBuffer() ?? queue.popLast() else { return }
        if !queue.isEmpty {
            for frames in queue { context.write(NIOAny(frames), promise: nil) }
            queue = []
        }
        queuedBytes = 0
        context.writeAndFlush(NIOAny(last), promise: promise)
        if isOwn { outbox.spares.put(last) }
    }

    // MARK: Closing

    func close(_ code: UInt16) {
        receiver = nil
        guard state == .open else { return }
        let frame = WebSocketFrame.close(code: code)
        outbox.tally.counts.framesSent &+= frame.readableBytes
        append(frame, isOwn: false)
        state = .closing
        if let context { finish(context) }
    }

    func cut() {
        receiver = nil
        guard state != .closed else { return }
        state = .closed
        context?.close(promise: nil)
    }

    /// Sends what waits and closes the connection, now if the client's close frame has come (RFC 6455, section 7.1.1). Else
    /// we end our direction, and the client has a moment to do the same: closing at once might reset the connection
    /// before it has read the close frame.
    private func finish(_ context: ChannelHandlerContext) {
        send(past: context, isLast: true)
        guard hasClientClosed else { return endDirection(context) }
        guard waitingBytes > 0 else { return context.close(promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        pass(to: context, promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        // A client that does not read keeps nothing open.
        if context.channel.isActive { cut(in: .seconds(30), context) }
    }

    private func endDirection(_ context: ChannelHandlerContext) {
        if waitingBytes > 0 { pass(to: context, promise: nil) }
        cut(in: .seconds(30), context)
        context.close(mode: .output).assumeIsolated().whenComplete { _ in
            if let context = self.context { self.cut(in: .seconds(2), context) }
        }
    }

    private func cut(in time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
