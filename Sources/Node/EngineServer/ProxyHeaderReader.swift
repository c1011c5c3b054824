import EngineIO
import NIOCore

/// The first handler of a connection behind a proxy that speaks the PROXY protocol: reads the header and gives way.
final class ProxyHeaderReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let listener: Listener
    private var peer: Peer
    private var input = ByteBuffer()
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - listener: what goes on with the connection.
    ///   - peer: the proxy.
    init(listener: Listener, peer: Peer) {
        self.listener = listener
        self.peer = peer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: listener.headTimeout) {
            self.cut(context, .proxyHeaderTimeout)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        listener.forgetIfClosed(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard deadline != nil else { return }
        input.writeImmutableBuffer(unwrapInboundIn(data))
        do throws(ProxyHeader.Malformed) {
            guard let header = try ProxyHeader.read(from: &input) else { return }
            if let client = header.client { peer = Peer(address: client.address, isSecure: client.isSecure) }
            deadline?.cancel()
            deadline = nil
            pass(context)
        } catch {
            cut(context, .proxyHeaderMalformed)
        }
    }

    private func pass(_ context: ChannelHandlerContext) {
        guard listener.serve(context.channel, peer: peer) else { return }
        if input.readableBytes > 0 {
            context.fireChannelRead(NIOAny(input))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func cut(_ context: ChannelHandlerContext, _ reason: CutReason) {
        deadline?.cancel()
        deadline = nil
        listener.cut(context.channel, reason)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
