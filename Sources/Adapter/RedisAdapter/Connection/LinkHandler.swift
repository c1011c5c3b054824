import NIOCore

/// What one of the connections does with what it receives. Confined to the client's event loop; outlives the
/// single connection.
protocol LinkRole: AnyObject {
    /// The role in `CLIENT LIST` and in logs.
    var name: String { get }
    /// Whether the present connection has been greeted.
    var isUsable: Bool { get }
    /// Whether publications come. Default: no.
    var isSubscription: Bool { get }
    /// A connection was made: to be greeted.
    func connected(_ link: LinkHandler)
    /// A reply came.
    func received(_ reply: RedisReply, on link: LinkHandler)
    /// A publication came. Default: nothing happens.
    func published(_ publication: Publication)
    /// Time for a sign of life, and for deadlines.
    func ticked(at now: NIODeadline, on link: LinkHandler)
    /// More can be written.
    func becameWritable(_ link: LinkHandler)
    /// Redis has fallen silent, or speaks again.
    func judged(_ verdict: LinkHealth.Verdict)
    /// The connection is gone.
    func disconnected()
}

extension LinkRole {
    var isSubscription: Bool { false }
    func published(_ publication: Publication) {}
}

/// One connection to Redis as a channel handler: bytes in, replies to the role; watches that Redis is there.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Who is at the other end.
    let endpoint: RedisConfiguration.Endpoint
    /// `nil` when the link was given up while the connection was being made.
    private let role: (any LinkRole)?
    private let timing: RedisConfiguration.Timing
    private let ended: EventLoopPromise<LinkEnd>
    private var reason: String?
    private let reader: ReplyReader
    private var health: LinkHealth
    private var verdict = LinkHealth.Verdict.alive
    private var context: ChannelHandlerContext?
    private var tick: Scheduled<Void>?

    /// - Parameters:
    ///   - role: what is done with what comes.
    ///   - endpoint: who is at the other end.
    ///   - timing: when Redis counts as silent.
    ///   - ended: told how the connection ended.
    init(
        role: (any LinkRole)?, endpoint: RedisConfiguration.Endpoint, timing: RedisConfiguration.Timing,
        ended: EventLoopPromise<LinkEnd>
    ) {
        self.role = role
        self.endpoint = endpoint
        self.timing = timing
        self.ended = ended
        reader = ReplyReader(isSubscription: role?.isSubscription ?? false)
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
    /// - Parameter reason: what is logged, the first of several; never a password or a payload.
    func close(_ reason: String) {
        self.reason = self.reason ?? reason
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let role else { return context.close(promise: nil) }
        self.context = context
        health = LinkHealth(timing, at: .now())
        role.connected(self)
        scheduleTick(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tick?.cancel()
        self.context = nil
        ended.succeed(LinkEnd(reason: reason ?? "the other side closed it", wasUsable: role?.isUsable ?? false))
        role?.disconnected()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // Nothing, if the connection was ever there: the first outcome counts.
        ended.succeed(LinkEnd(reason: reason ?? "it could not be made"))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        health.heard(at: .now())
        judge(.alive)
        do throws(RedisError) {
            try reader.feed(unwrapInboundIn(data), published: { role?.published($0) }) {
                role?.received($0, on: self)
            }
        } catch {
            close("\(error)")
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { role?.becameWritable(self) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(RedisConfiguration.TLS.reason(error))
    }

    private func judge(_ new: LinkHealth.Verdict) {
        guard new != verdict else { return }
        verdict = new
        role?.judged(new)
    }

    private func scheduleTick(_ context: ChannelHandlerContext) {
        tick = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timing.ping)) { self.ticked() }
    }

    private func ticked() {
        guard let context else { return }
        let now = NIODeadline.now()
        judge(health.ticked(at: now))
        role?.ticked(at: now, on: self)
        if verdict == .dead { close("no answer") }
        scheduleTick(context)
    }
}
