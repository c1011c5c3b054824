import NIOCore

/// Prepares accepted connections, in the channel of the listening socket and in front of the handler that `ServerBootstrap`
/// adds there. That one makes three futures and a dozen closures for each connection, which are 13,000 instructions of the
/// 175,000 of a whole session; what is done here at once leaves it nothing to do, so it is passed over.
final class Acceptor: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let listener: Listener

    /// - Parameter listener: what goes on with the connections.
    init(_ listener: Listener) {
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        let (listener, parent) = (listener, context.channel)
        if channel.eventLoop.inEventLoop {
            Self.prepare(channel, of: parent, listener)
        } else {
            channel.eventLoop.execute { Self.prepare(channel, of: parent, listener) }
        }
        // The end of the pipeline: registers the connection with its event loop, in a turn behind the preparation, and closes
        // it if that fails.
        parent._channelCore.channelRead0(data)
    }

    private static func prepare(_ channel: any Channel, of parent: any Channel, _ listener: Listener) {
        do {
            try HTTPServer.setOptions(of: channel)
            listener.accept(channel)
        } catch {
            channel.close(promise: nil)
        }
        // The listener ends the connections that it knows when it has stopped accepting; this one may have been too late.
        if !parent.isActive { channel.close(promise: nil) }
    }
}
