import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import Routing

/// How a probe ended.
enum ProbeOutcome: Sendable, Equatable {
    case answered(ProbeReport)
    /// Nobody listens there.
    case refused
    /// No answer in time, or none that makes sense.
    case failed
}

extension ProbeOutcome {
    /// What `/readyz` of our nodes answers; other servers may answer anything.
    private struct Readiness: Decodable {
        var ready: Bool?
        var draining: Bool?
        var tag: String?
        var name: String?
        var sessions: Int?
    }

    /// Judges an answer to `GET /readyz`.
    ///
    /// Status 200 means ready and 503 not ready, whatever the body says beyond it. A server that is not ours need not
    /// have a body, nor know the question: its 404 says that it lives. Any other status is no answer.
    /// - Parameters:
    ///   - status: the answer's status.
    ///   - body: its body, such as `{"ready":true,"draining":false,"tag":"Ab3_x-","name":"a","sessions":123}`.
    init(status: HTTPResponseStatus, body: ByteBuffer) {
        guard [.ok, .notFound, .serviceUnavailable].contains(status) else {
            self = .failed
            return
        }
        let said =
            status == .notFound ? nil : try? JSONDecoder().decode(Readiness.self, from: Data(body.readableBytesView))
        let tag = said?.tag.flatMap { $0.utf8.count == RequestKind.tagLength ? $0 : nil }
        self = .answered(
            ProbeReport(
                isReady: status != .serviceUnavailable && said?.ready ?? true, isDraining: said?.draining ?? false,
                tag: tag,
                name: said?.name, sessions: said?.sessions))
    }
}

/// Collects the answer to one probe.
final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// A readiness answer is a line of JSON.
    private static let bodyLimit = 16_384

    private let host: String
    private let outcome: EventLoopPromise<ProbeOutcome>
    private var status: HTTPResponseStatus?
    private var body = ByteBuffer()

    init(host: String, outcome: EventLoopPromise<ProbeOutcome>) {
        self.host = host
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = ["Host": host, "Connection": "close", "User-Agent": "switchboard-gateway"]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/readyz", headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(var buffer):
            body.writeBuffer(&buffer)
            if body.readableBytes > Self.bodyLimit { context.close(promise: nil) }
        case .end:
            outcome.succeed(status.map { ProbeOutcome(status: $0, body: body) } ?? .failed)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        outcome.succeed(.failed)
    }
}
