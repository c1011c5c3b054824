import NIOCore
import NIOHTTP1

/// Where requests that belong to no mount leave an ``HTTPConnection`` for the handlers of another server behind it, and
/// where their responses come back.
///
/// Bodies go through as they come, in both directions. One request is behind us at a time: the next begins when this
/// one is read and answered. Behind this handler the channel speaks `HTTPServerRequestPart` and
/// `HTTPServerResponsePart`.
final class Passage: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: HTTPConnection
    /// Whether the body of the request is still to come.
    private(set) var isReading = false
    private var isAnswering = false
    /// Whether the connection is closed behind the response.
    private var closes = false

    init(_ connection: HTTPConnection) {
        self.connection = connection
    }

    /// Whether a request is behind us.
    var isBusy: Bool { isReading || isAnswering }

    // MARK: The request

    /// Passes a request on.
    /// - Parameters:
    ///   - request: the request, as far as it has come.
    ///   - head: its head.
    ///   - isBatch: whether an end of the batch of reads follows.
    func begin(_ request: IncomingRequest, _ head: HTTPRequestHead, isBatch: Bool) {
        guard let context = connection.context else { return }
        (isReading, isAnswering, closes) = (true, true, false)
        context.fireChannelRead(NIOAny(HTTPServerRequestPart.head(head)))
        guard request.isComplete else { return }
        if let body = request.body { context.fireChannelRead(NIOAny(HTTPServerRequestPart.body(body))) }
        read(.end(nil))
        if !isBatch { context.fireChannelReadComplete() }
    }

    /// Passes a part of a body, or its end, on.
    func read(_ part: HTTPServerRequestPart) {
        if case .end = part { isReading = false }
        connection.context?.fireChannelRead(NIOAny(part))
        settle()
    }

    /// What arrives does not continue the body: the other server says so, and nothing behind it can be read.
    func failed(_ error: any Error) {
        isReading = false
        closes = true
        connection.context?.fireErrorCaught(error)
        settle()
    }

    // MARK: The response

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isAnswering else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            context.write(NIOAny(HTTPServerResponsePart.head(completed(head))), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            isAnswering = false
            settle()
        }
    }

    /// Reading goes on, unless the other server is behind with the body: so it is the client that is waited for.
    func read(context: ChannelHandlerContext) {
        if isReading { connection.awaitsBody() }
        context.read()
    }

    private func completed(_ head: HTTPResponseHead) -> HTTPResponseHead {
        guard head.status.code >= 200 else { return head }
        var head = head
        closes = closes || connection.closesBehindCurrent || !head.isKeepAlive
        if connection.isCurrentHTTP10 { head.version = .http1_0 }
        if closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
        return head
    }

    private func settle() {
        // A connection that is to be closed is not read to the end.
        guard !isAnswering, !isReading || closes else { return }
        isReading = false
        connection.passed(closes: closes)
    }
}
