import NIOCore
import NIOHTTP1

/// A connection to a node: idle in the pool, or carrying one exchange.
///
/// It reads only while the client of its exchange takes what it reads.
final class NodeConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    let target: Target
    /// What it carries; `nil` while it is idle.
    var exchange: Exchange?
    var idleSince = NIODeadline.now()
    private let pool: NodePool
    private var context: ChannelHandlerContext?
    private var holdsRead = false
    private var httpHandlers: [any RemovableChannelHandler] = []

    init(target: Target, pool: NodePool) {
        self.target = target
        self.pool = pool
    }

    var isActive: Bool { context?.channel.isActive ?? false }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ part: HTTPClientRequestPart) {
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    /// The client takes what is read again.
    func resumeReading() {
        guard holdsRead else { return }
        holdsRead = false
        context?.read()
    }

    func close() {
        exchange = nil
        context?.close(promise: nil)
    }
}

// MARK: The pipeline

extension NodeConnection {
    func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        let encoder = HTTPRequestEncoder(configuration: .unframed)
        let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
        httpHandlers = [self, encoder, decoder]
        try pipeline.addHandlers([encoder, decoder, self])
    }

    /// Leaves the connection to a tunnel. The decoder leaves last and hands over the bytes that came with the head.
    func handOver(to side: HandoverSide) throws {
        guard let pipeline = context?.pipeline.syncOperations else { throw ChannelError.ioOnClosedChannel }
        try pipeline.addHandler(side)
        for handler in httpHandlers { _ = pipeline.removeHandler(handler) }
        httpHandlers = []
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        httpHandlers = []
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange else {
            // Nothing was asked: whatever this is, it is not an answer to the next request.
            context.close(promise: nil)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head): exchange.answered(head)
        case .body(let buffer): exchange.answered(buffer)
        case .end: exchange.answerEnded()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.flushToClient()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.nodeBecameWritable() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if exchange?.clientTakesBody ?? true {
            context.read()
        } else {
            holdsRead = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What follows is the channel's end, which tells the exchange.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let exchange {
            self.exchange = nil
            exchange.nodeClosed()
        } else {
            pool.closed(self)
        }
        context.fireChannelInactive()
    }
}

extension HTTPRequestEncoder.Configuration {
    /// The framing headers are set by `ForwardedHeaders`.
    static var unframed: Self {
        var configuration = Self()
        configuration.automaticallySetFramingHeaders = false
        return configuration
    }
}
