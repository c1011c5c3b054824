import NIOCore

/// One side of a tunnel: writes what it reads to the other side, and reads only while the other side takes it.
///
/// Writability is told when it changes, so that nothing has to be asked for a message: a side whose peer is full stops
/// reading by itself.
final class TunnelEnd: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let counter: Counter
    private let flushes: Flushes
    private var tunnel: Tunnel?
    private var peer: TunnelEnd?
    private var context: ChannelHandlerContext?
    /// Whether it was written to and waits for `flush`.
    private var awaitsFlush = false
    private var inputIsClosed = false

    /// - Parameters:
    ///   - counter: counts the bytes that come.
    ///   - flushes: flushes what is written to it, later.
    init(counter: Counter, flushes: Flushes) {
        self.counter = counter
        self.flushes = flushes
    }

    var isGone: Bool { context == nil }

    func join(_ tunnel: Tunnel, peer: TunnelEnd) {
        self.tunnel = tunnel
        self.peer = peer
        // One side may end before the other has said all; without this a FIN would close the whole channel.
        try? context?.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    }

    /// Reads, unless the other side still has too much to send from before there was a tunnel.
    func begin() {
        if peer?.context?.channel.isWritable ?? true {
            context?.read()
        } else {
            setReading(false)
        }
    }

    func close() {
        context?.close(promise: nil)
    }

    private func write(_ data: NIOAny) {
        guard let context else { return }
        context.write(data, promise: nil)
        guard !awaitsFlush else { return }
        awaitsFlush = true
        flushes.add(self)
    }

    /// Sends what was written.
    func flush() {
        awaitsFlush = false
        context?.flush()
    }

    private func setReading(_ reads: Bool) {
        // Throws when the channel is closed, and then there is nothing to read.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: reads)
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

    /// Nobody behind it wants to know.
    func channelReadComplete(context: ChannelHandlerContext) {}

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        peer?.setReading(context.channel.isWritable)
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
