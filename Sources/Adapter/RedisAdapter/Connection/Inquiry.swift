import NIOCore

/// One connection for a few questions: to a sentinel about the master, to a server about the slots.
final class Inquiry: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let commands: [[RedisArgument]]
    private let answers: EventLoopPromise<[RedisReply]>
    private let reader = ReplyReader()
    private var replies: [RedisReply] = []

    private init(_ commands: [[RedisArgument]], _ answers: EventLoopPromise<[RedisReply]>) {
        self.commands = commands
        self.answers = answers
    }

    /// Connects, asks, and closes the connection.
    /// - Parameters:
    ///   - commands: what is asked, beginning with the greeting.
    ///   - endpoint: who is asked.
    ///   - dialer: makes the connection.
    /// - Returns: the reply to each command.
    /// - Throws: ``RedisError/refused(_:)`` if one is an error, ``RedisError/timedOut`` when they do not come within the
    ///   time of a command, and errors of the connection.
    static func ask(
        _ commands: [[RedisArgument]], at endpoint: RedisConfiguration.Endpoint, _ dialer: Dialer
    ) async throws -> [RedisReply] {
        let answers = dialer.loop.makePromise(of: [RedisReply].self)
        let timeout = dialer.loop.scheduleTask(in: TimeAmount(dialer.configuration.timing.command)) {
            answers.fail(RedisError.timedOut)
        }
        defer { timeout.cancel() }
        do {
            let channel = try await dialer.dial(endpoint) { Inquiry(commands, answers) }
            defer { channel.close(promise: nil) }
            return try await answers.futureResult.get()
        } catch {
            answers.fail(error)
            throw error
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        var bytes = ByteBuffer()
        for command in commands { bytes.writeCommand(command) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(RedisError) {
            try reader.feed(unwrapInboundIn(data)) { received($0) }
        } catch {
            answers.fail(error)
        }
    }

    private func received(_ reply: RedisReply) {
        guard replies.count < commands.count else { return }
        if let problem = Greeting.problem(reply, of: commands[replies.count]) {
            return answers.fail(RedisError.refused(problem))
        }
        replies.append(reply)
        if replies.count == commands.count { answers.succeed(replies) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answers.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answers.fail(RedisError.connectionLost)
    }
}
