import NIOCore

/// One side of a tunnel: writes what it reads to the other side, and reads only while the other side takes it.
final class TunnelEnd: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let counter: Counter
    private var tunnel: Tunnel?
    private var peer: TunnelEnd?
    private var context: ChannelHandlerContext?
    /// Whether it was written to and will be flushed at the end of this turn of the loop.
    private var awaitsFlush = false
    private var holdsRead = false
    private var inputIsClosed = false

    /// - Parameter counter: counts the bytes that come.
    init(counter: Counter) {
        self.counter = counter
    }

    var isGone: Bool { context == nil }

    func join(_ tunnel: Tunnel, peer: TunnelEnd) {
        self.tunnel = tunnel
        self.peer = peer
        // One side may end before the other has said all; without this a FIN would close the whole channel.
        try? context?.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    }

    /// Reads.
    func begin() {
        context?.read()
    }

    func close() {
        context?.close(promise: nil)
    }

    private var takesBytes: Bool { context?.channel.isWritable ?? false }

    private func write(_ data: NIOAny) {
        guard let context else { return }
        context.write(data, promise: nil)
        guard !awaitsFlush else { return }
        awaitsFlush = true
        tunnel?.flushLater(self)
    }

    /// Sends what was written.
    func flush() {
        awaitsFlush = false
        context?.flush()
    }

    private func resumeReading() {
        guard holdsRead else { return }
        holdsRead = false
        context?.read()
    }

    /// The other side will send no more: passes that on after what is still to be written.
    private func finish(all: Bool) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(mode: all || self.inputIsClosed ? .all : .output, promise: nil)
        }
    }
}

// MARK: The pipeline

extension TunnelEnd {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        peer?.finish(all: true)
        peer = nil
        tunnel?.ended()
        tunnel = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        counter.add(unwrapInboundIn(data).readableBytes)
        peer?.write(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { peer?.resumeReading() }
    }

    func read(context: ChannelHandlerContext) {
        if peer?.takesBytes ?? true {
            context.read()
        } else {
            holdsRead = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        inputIsClosed = true
        peer?.finish(all: false)
        tunnel?.halfClosed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
