public import EngineServer
public import Figures
import FoundationEssentials
import HTTPTypes
import Hummingbird
public import Logging

/// Everything that a node answers over HTTP beside Engine.IO: health, readiness, metrics, the REST interface and the
/// page of *meet*, as Hummingbird routes on the same port as the sessions.
///
/// | path | answer |
/// |---|---|
/// | `/healthz` | 200 `ok` while the process runs |
/// | `/readyz` | ``NodeStatus`` as JSON; 200 when ready, else 503 |
/// | `/metrics` | series in the Prometheus text format, unless they have a listener of their own (``MetricsPage``) |
/// | `/api/verify-token` | claims of a token (applications, A.11) |
/// | `/api/ice-servers` | ``ICEServers`` as `RTCPeerConnection` takes them |
/// | `/`, `/resources/…` | the page |
/// | `/socket.io/socket.io.js`, `….min.js` | the stock client, if a bundle was given |
public struct WebAPI: EngineServer.HTTPResponder {
    /// What the routes need of the node.
    public struct Sources: Sendable {
        /// The node's state now.
        public var status: @Sendable () -> NodeStatus
        /// The series of `/metrics` now; with `nil` it is not there.
        public var metrics: (@Sendable () -> [Metric])?
        /// Checks a token of *meet*.
        public var verify: @Sendable (String) async -> TokenVerdict
        /// Whether REST requests of an origin are allowed, given the `Host` that they came to.
        public var allowsOrigin: @Sendable (_ origin: String, _ host: String?) -> Bool

        /// Collects the sources.
        public init(
            status: @escaping @Sendable () -> NodeStatus,
            metrics: (@Sendable () -> [Metric])?,
            verify: @escaping @Sendable (String) async -> TokenVerdict,
            allowsOrigin: @escaping @Sendable (_ origin: String, _ host: String?) -> Bool
        ) {
            self.status = status
            self.metrics = metrics
            self.verify = verify
            self.allowsOrigin = allowsOrigin
        }
    }

    private let routes: RoutedResponder

    /// Builds the routes.
    /// - Parameters:
    ///   - sources: what the routes need of the node.
    ///   - iceServers: what the page's video calls may use. Default: none.
    ///   - bundle: the stock client to serve; `nil` answers 404 there.
    ///   - logger: for unexpected failures of a route.
    public init(
        _ sources: Sources, iceServers: ICEServers = ICEServers(), bundle: ClientBundle? = nil, logger: Logger
    ) {
        let router = Router(context: WebContext.self)
        router.add(middleware: RouteTimes())
        router.add(middleware: SecurityHeaders())
        router.add(middleware: CrossOrigin(allows: sources.allowsOrigin))
        OperationRoutes(status: sources.status, metrics: sources.metrics).add(to: router)
        for page in Page.shared + Page.meet {
            router.get(RouterPath(page.path)) { request, _ in page.response(to: request) }
        }
        bundle?.add(to: router)
        let token = TokenRoute(verify: sources.verify)
        router.get("/api/verify-token") { request, _ in await token.respond(to: request) }
        router.get("/api/ice-servers") { _, _ in
            Response.json(
                .ok, iceServers.answer(now: Int(Date().timeIntervalSince1970), random: .random(in: 0 ... .max)))
        }
        for path: RouterPath in ["/api/verify-token", "/api/ice-servers"] {
            router.on(path, method: .options) { _, _ in Response(status: .noContent) }
        }
        routes = RoutedResponder(router, logger: logger)
    }

    /// Answers a request by the routes; a failure inside a route gives 500 without detail.
    /// - Parameter request: the complete request.
    /// - Returns: the complete response.
    public func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        await routes.respond(to: request)
    }
}
