import Glibc
import NIOCore
import NIOPosix

/// A client that sends bytes as the test writes them and waits for what it expects, with a deadline for every wait.
final class RawClient: Sendable {
    struct TimedOut: Error {}
    struct Closed: Error {}

    private final class Inbox: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var bytes = ByteBuffer()
        var isClosed = false
        /// Looks at what is there; done when it returns `true`.
        var waiter: (() -> Bool)?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.writeImmutableBuffer(unwrapInboundIn(data))
            check()
        }

        func channelInactive(context: ChannelHandlerContext) {
            isClosed = true
            check()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        func check() {
            if waiter?() == true { waiter = nil }
        }
    }

    private let channel: any Channel
    private let inbox: NIOLoopBound<Inbox>

    private init(channel: any Channel, inbox: NIOLoopBound<Inbox>) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects to an address of this machine. (Small writes leave at once, as always with this framework.)
    static func connect(
        to address: SocketAddress, group: any EventLoopGroup, autoRead: Bool = true
    ) async throws -> RawClient {
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Inbox()) }
            }
            .connect(to: address).get()
        // The server may have closed the connection already: then its handler is gone, and nothing will arrive.
        let inbox = try await channel.eventLoop.submit {
            let inbox = (try? channel.pipeline.syncOperations.handler(type: Inbox.self)) ?? Inbox()
            inbox.isClosed = !channel.isActive
            return NIOLoopBound(inbox, eventLoop: channel.eventLoop)
        }.get()
        return RawClient(channel: channel, inbox: inbox)
    }

    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Ends the connection with a reset, as the system does for a process that dies with unread input.
    func reset() async throws {
        let options = channel as? any SocketOptionProvider
        try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    /// Stops reading, or goes on with it.
    func read(_ isReading: Bool) async throws {
        try await channel.setOption(.autoRead, value: isReading).get()
    }

    /// Takes something off the front of what arrived, as soon as `parse` finds it complete.
    func receive<Value: Sendable>(_ parse: @escaping @Sendable (inout ByteBuffer) -> Value?) async throws -> Value {
        try await wait { inbox in
            var rest = inbox.bytes
            if let value = parse(&rest) {
                inbox.bytes = rest
                return .success(value)
            }
            return inbox.isClosed ? .failure(Closed()) : nil
        }
    }

    /// Waits for the server to close the connection.
    /// - Returns: what it sent before and was not read.
    @discardableResult
    func receiveEnd() async throws -> String {
        try await wait { inbox in
            inbox.isClosed ? .success(String(buffer: inbox.bytes)) : nil
        }
    }

    private func wait<Value: Sendable>(
        _ look: @escaping @Sendable (Inbox) -> Result<Value, any Error>?
    ) async throws -> Value {
        let promise = channel.eventLoop.makePromise(of: Value.self)
        channel.eventLoop.execute { [channel, inbox] in
            let inbox = inbox.value
            let deadline = channel.eventLoop.scheduleTask(in: .seconds(10)) { promise.fail(TimedOut()) }
            inbox.waiter = { [unowned inbox] in
                guard let result = look(inbox) else { return false }
                deadline.cancel()
                promise.completeWith(result)
                return true
            }
            inbox.check()
        }
        return try await promise.futureResult.get()
    }
}
