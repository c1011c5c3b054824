import Launch
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One GET to a process, to be answered with 200.
package struct HealthQuestion: Sendable {
    /// Whom it goes to.
    package let target: HealthTarget
    /// What it asks for, such as `/healthz`.
    package let path: String

    /// A question.
    /// - Parameters:
    ///   - target: whom it goes to.
    ///   - path: what it asks for, such as `/healthz`.
    package init(target: HealthTarget, path: String) {
        self.target = target
        self.path = path
    }

    /// Why a process does not count as healthy.
    package enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// There was no whole answer in time.
        case silent(String)
        /// The connection failed or ended before the answer.
        case unreachable(String, reason: String)
        /// It answered something else than 200.
        case unwell(String, status: UInt)

        /// One line for the operator.
        package var description: String {
            switch self {
            case .silent(let place): "\(place) does not answer in time"
            case .unreachable(let place, let reason): "\(place) cannot be asked: \(reason)"
            case .unwell(let place, let status): "\(place) answers \(status)"
            }
        }
    }

    /// Asks, and waits for the answer.
    /// - Parameter time: how long all of it may take.
    /// - Throws: ``Problem`` if the answer is not 200.
    package func ask(within time: Duration) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: HTTPResponseStatus.self)
        let place = "\(target.place)\(path)"
        let deadline = loop.scheduleTask(in: TimeAmount(time)) { answer.fail(Problem.silent(place)) }
        defer { deadline.cancel() }
        connect(on: loop, within: time, answer).cascadeFailure(to: answer)
        let status: HTTPResponseStatus
        do {
            status = try await answer.futureResult.get()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem.unreachable(place, reason: "\(error)")
        }
        guard status == .ok else { throw Problem.unwell(place, status: status.code) }
    }

    private func connect(
        on loop: any EventLoop, within time: Duration, _ answer: EventLoopPromise<HTTPResponseStatus>
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(time))
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel.pipeline.syncOperations, answer) }
            }
        return switch target.place {
        case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
        case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
        }
    }

    private func prepare(
        _ pipeline: ChannelPipeline.SynchronousOperations, _ answer: EventLoopPromise<HTTPResponseStatus>
    ) throws {
        // The PROXY header stands before everything else, also before TLS.
        if target.beginsWithProxyHeader { try pipeline.addHandler(ProxyHeaderWriter()) }
        if target.isTLS {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            let context = try NIOSSLContext(configuration: configuration)
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
        }
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(Asker(path: path, answer: answer))
    }
}

/// Begins a connection as a proxy does that speaks for itself.
private final class ProxyHeaderWriter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "PROXY UNKNOWN\r\n")), promise: nil)
        context.fireChannelActive()
    }
}

/// Sends the request and takes the status of the answer.
private final class Asker: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private struct Ended: Error, CustomStringConvertible {
        let description = "the connection ended without an answer"
    }

    private let path: String
    private let answer: EventLoopPromise<HTTPResponseStatus>

    init(path: String, answer: EventLoopPromise<HTTPResponseStatus>) {
        self.path = path
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Host": "localhost", "User-Agent": "switchboard-healthcheck", "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        answer.succeed(head.status)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(Ended())
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }
}
