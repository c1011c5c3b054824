import NIOCore
import NIOSSL
import NIOTLS

/// Stands behind the TLS handler of a new connection until the handshake is done, and then lets HTTP begin.
final class TLSHandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let listener: Listener
    private let peer: Peer
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - listener: what goes on with the connection.
    ///   - peer: who it is from.
    init(listener: Listener, peer: Peer) {
        self.listener = listener
        self.peer = peer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: listener.headTimeout) {
            self.cut(context, .tlsHandshakeTimeout)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        listener.forgetIfClosed(context.channel)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { return context.close(promise: nil) }
        guard deadline != nil, let event = event as? TLSUserEvent, case .handshakeCompleted = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        var peer = peer
        peer.isSecure = true
        listener.addHTTP(to: context.channel, peer: peer)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Who only knocks, as probes of ports do, has not failed.
        if context.channel.isActive { cut(context, .tlsHandshakeFailed) }
    }

    private func cut(_ context: ChannelHandlerContext, _ reason: CutReason) {
        guard deadline != nil else { return }
        deadline?.cancel()
        deadline = nil
        listener.cut(context.channel, reason)
    }
}
