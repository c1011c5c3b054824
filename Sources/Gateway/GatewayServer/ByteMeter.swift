import NIOCore

/// Counts the bytes that the HTTP decoder behind it holds without having made anything of them: a head that does not
/// end, which is to be bounded in bytes and in time.
final class ByteMeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Bytes that came since the decoder last made something of them.
    private(set) var undecoded = 0

    /// The decoder made something of the bytes.
    func decoded() {
        undecoded = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        undecoded += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }
}
