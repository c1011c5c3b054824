import Figures
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import Routing

/// Answers the operator: `/healthz`, `/readyz`, `/metrics` and `/nodes`.
struct AdminServer: Sendable {
    let gateway: Gateway
    /// What it answers.
    let paths: Set<String>

    /// The admin listener, and the one of `/metrics` if it is elsewhere, with what each of them answers.
    static func all(
        of gateway: Gateway
    ) -> [(name: String, listener: GatewayConfiguration.Listener, server: AdminServer)] {
        let configuration = gateway.configuration
        var paths: Set = ["/healthz", "/readyz", "/nodes"]
        if configuration.metrics == nil { paths.insert("/metrics") }
        return [
            configuration.admin.map { ("admin", $0, AdminServer(gateway: gateway, paths: paths)) },
            configuration.metrics.map { ("metrics", $0, AdminServer(gateway: gateway, paths: ["/metrics"])) },
        ].compactMap(\.self)
    }

    func bind(
        _ listener: GatewayConfiguration.Listener, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        let server = self
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(60)))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(AdminHandler(server))
                }
            }
            .bind(host: listener.host, port: listener.port)
            .get()
    }
}

/// Answers requests of the admin listener from what the gateway knows at that moment.
final class AdminHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: AdminServer
    private var request: HTTPRequestHead?

    init(_ server: AdminServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end:
            guard let request else { return }
            self.request = nil
            answer(request, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let page = page(request)
        let headers: HTTPHeaders = [
            "Content-Type": page.type, "Content-Length": "\(page.body.utf8.count)", "Cache-Control": "no-store",
        ]
        let head = HTTPResponseHead(version: .http1_1, status: page.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page.body)))), promise: nil)
        }
        let keepAlive = request.isKeepAlive && request.method != .HEAD
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            if !keepAlive { context.close(promise: nil) }
        }
    }

    private func page(_ request: HTTPRequestHead) -> (status: HTTPResponseStatus, type: String, body: String) {
        guard [.GET, .HEAD].contains(request.method) else { return (.methodNotAllowed, "text/plain", "") }
        let (gateway, path) = (server.gateway, String(request.uri.prefix { $0 != "?" }))
        guard server.paths.contains(path) else { return (.notFound, "text/plain", "") }
        switch path {
        case "/healthz": return (.ok, "application/json", #"{"healthy":true}"#)
        case "/readyz":
            let isReady = gateway.isReady
            return (isReady ? .ok : .serviceUnavailable, "application/json", #"{"ready":\#(isReady)}"#)
        case "/metrics": return (.ok, Metric.mediaType, Metric.text(Metrics.series(of: gateway)))
        case "/nodes": return (.ok, "application/json", NodeList.json(gateway.nodes))
        default: return (.notFound, "text/plain", "")
        }
    }
}

/// The nodes as `/nodes` shows them.
enum NodeList {
    private struct Entry: Encodable {
        let address: String
        let state: String
        let name: String?
        let tag: String?
        let sessions: Int
        let retired: Bool
    }

    static func json(_ nodes: [NodeStatus]) -> String {
        let entries = nodes.map {
            Entry(
                address: $0.address.description, state: $0.state.rawValue, name: $0.report?.name, tag: $0.report?.tag,
                sessions: $0.load, retired: $0.isRetired)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(entries)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
