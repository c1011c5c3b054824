import Logging
import NIOCore

/// What one of the two connections does with what it receives. Confined to the client's event loop; outlives the
/// single connection.
protocol LinkRole: AnyObject {
    /// The role in `CLIENT LIST` and in logs.
    var name: String { get }
    /// A connection was made: to be greeted.
    func connected(_ link: LinkHandler)
    /// A reply or a publication came.
    func received(_ reply: RedisReply, on link: LinkHandler)
    /// Time for a sign of life, and for deadlines.
    func ticked(at now: NIODeadline, on link: LinkHandler)
    /// More can be written.
    func becameWritable(_ link: LinkHandler)
    /// Redis has fallen silent, or speaks again.
    func judged(_ verdict: LinkHealth.Verdict)
    /// The connection is gone.
    func disconnected()
}

/// One connection to Redis as a channel handler: bytes in, replies to the role; watches that Redis is there.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let role: any LinkRole
    private let timing: RedisConfiguration.Timing
    private let logger: Logger
    private let reader = ReplyReader()
    private var health: LinkHealth
    private var verdict = LinkHealth.Verdict.alive
    private var context: ChannelHandlerContext?
    private var tick: Scheduled<Void>?

    init(role: any LinkRole, timing: RedisConfiguration.Timing, logger: Logger) {
        self.role = role
        self.timing = timing
        self.logger = logger
        health = LinkHealth(timing, at: .now())
    }

    /// Whether the connection takes more bytes.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Writes bytes at once.
    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Runs something on the event loop after everything that waits there already.
    func atEndOfTick(_ body: @escaping () -> Void) {
        context?.eventLoop.assumeIsolated().execute(body)
    }

    /// Ends the connection.
    /// - Parameter reason: what is logged; never a password or a payload.
    func close(_ reason: String) {
        logger.info("Closing a connection to Redis", metadata: ["link": "\(role.name)", "reason": "\(reason)"])
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        health = LinkHealth(timing, at: .now())
        role.connected(self)
        scheduleTick(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tick?.cancel()
        self.context = nil
        role.disconnected()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        health.heard(at: .now())
        judge(.alive)
        do throws(RedisError) {
            try reader.feed(unwrapInboundIn(data)) { role.received($0, on: self) }
        } catch {
            close("\(error)")
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { role.becameWritable(self) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close("\(error)")
    }

    private func judge(_ new: LinkHealth.Verdict) {
        guard new != verdict else { return }
        verdict = new
        role.judged(new)
    }

    private func scheduleTick(_ context: ChannelHandlerContext) {
        tick = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timing.ping)) { self.ticked() }
    }

    private func ticked() {
        guard let context else { return }
        let now = NIODeadline.now()
        judge(health.ticked(at: now))
        role.ticked(at: now, on: self)
        if verdict == .dead { close("no answer") }
        scheduleTick(context)
    }
}
