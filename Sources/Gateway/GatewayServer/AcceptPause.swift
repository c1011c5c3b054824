import Glibc
import NIOCore

/// Stops accepting for a moment when the process has no descriptors or memory left for another connection.
///
/// The connection that could not be accepted stays in the kernel's queue, so without the pause the loop would try again
/// at once, for ever, and serve nobody.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    /// Long enough to cost nothing, short enough not to be noticed.
    private static let pause = TimeAmount.milliseconds(100)

    private var isPaused = false
    private var holdsRead = false

    func read(context: ChannelHandlerContext) {
        if isPaused {
            holdsRead = true
        } else {
            context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let exhausted = [EMFILE, ENFILE, ENOBUFS, ENOMEM]
        guard !isPaused, let error = error as? IOError, exhausted.contains(error.errnoCode) else { return }
        isPaused = true
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPaused = false
            guard self.holdsRead else { return }
            self.holdsRead = false
            context.read()
        }
    }
}
