public import EngineServer
public import Figures
import HTTPTypes
import Hummingbird
public import Logging
public import Support
public import WebAPI

/// Everything that a node answers over HTTP on the listener of the support chat, beside Engine.IO (applications, B.7 and
/// B.8). Texts are Spanish, as in the original.
///
/// | path | answer |
/// |---|---|
/// | `GET /api/mensajes?con=…` | messages from and to an account; administrators only |
/// | `GET /api/mensajes/mios` | one's own messages |
/// | `GET /api/usuarios-conversaciones` | who has a conversation with the desk; administrators only |
/// | `GET /api/sesion` | `{username, role, name}` of who asks |
/// | `POST /api/usuarios/{name}/rol`, `DELETE /api/usuarios/{name}` | changes accounts; administrators only |
/// | `POST /auth`, `POST /register`, `POST` and `GET /logout` | login, registration, logout |
/// | `/`, `/login`, `/registro`, `/soporte`, `/resources/…` | the pages |
/// | `/api-docs`, `/api-docs/openapi.json` | description of all this as OpenAPI 3 |
/// | `/socket.io/socket.io.js`, `….min.js` | the stock client, if a bundle was given |
/// | `/healthz`, `/readyz`, `/metrics` | as on every listener |
///
/// Requests that change something, and all of `/api/`, are refused when a browser says that a page of another site makes
/// them.
public struct SupportWeb: EngineServer.HTTPResponder {
    /// What the routes need of the node.
    public struct Sources: Sendable {
        /// The node's state now.
        public var status: @Sendable () -> NodeStatus
        /// The series of `/metrics` now; with `nil` it is not there.
        public var metrics: (@Sendable () -> [Metric])?
        /// Whether pages of an origin may use the listener, given the `Host` that they came to.
        public var allowsOrigin: @Sendable (_ origin: String, _ host: String?) -> Bool
        /// Disconnects the sockets of one login (claim `jti`) on every node.
        public var endSession: @Sendable (_ session: String) -> Void
        /// Disconnects the sockets of an account on every node.
        public var endSessions: @Sendable (_ account: String) -> Void

        /// Collects the sources.
        public init(
            status: @escaping @Sendable () -> NodeStatus,
            metrics: (@Sendable () -> [Metric])?,
            allowsOrigin: @escaping @Sendable (_ origin: String, _ host: String?) -> Bool,
            endSession: @escaping @Sendable (_ session: String) -> Void,
            endSessions: @escaping @Sendable (_ account: String) -> Void
        ) {
            self.status = status
            self.metrics = metrics
            self.allowsOrigin = allowsOrigin
            self.endSession = endSession
            self.endSessions = endSessions
        }
    }

    /// The settings.
    public struct Configuration: Sendable {
        /// How who has no token is turned away. Default: by status and error.
        public var guardStyle = GuardStyle.json
        /// How many proxies in front are ours and write `X-Forwarded-For`. Default: 0.
        public var trustedProxies = 0
        /// Whether failures are logged in the lines of the original server. Default: `false`.
        public var logCompat = false

        /// Creates the default settings.
        public init() {}
    }

    private let routes: RoutedResponder

    /// Builds the routes.
    /// - Parameters:
    ///   - sources: what the routes need of the node.
    ///   - configuration: the settings. Default: those documented there.
    ///   - authenticator: decides who a request comes from, as it does for sockets.
    ///   - messages: where the messages are.
    ///   - accounts: login, registration and roles.
    ///   - bundle: the stock client to serve; `nil` answers 404 there.
    ///   - logger: for unexpected failures of a route, and failures of the stores.
    public init(
        _ sources: Sources, configuration: Configuration = Configuration(), authenticator: SupportAuthenticator,
        messages: any MessageStore, accounts: SupportAccounts, bundle: ClientBundle? = nil, logger: Logger
    ) {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        let sites = SiteRule(allows: sources.allowsOrigin)
        let access = AccessGuard(authenticator: authenticator, style: configuration.guardStyle)
        let log = SupportWebLog(logger: logger, isCompatible: configuration.logCompat)
        router.add(middleware: RouteTimes())
        // The pages' own forms need a Referer policy that lets browsers send their origin.
        router.add(middleware: SecurityHeaders(referrer: "same-origin"))
        router.add(middleware: DenialAnswers())
        router.add(middleware: SiteGuard(rule: sites))
        OperationRoutes(status: sources.status, metrics: sources.metrics).add(to: router)
        HistoryRoutes(messages: messages, access: access, log: log).add(to: router)
        LoginRoutes(accounts: accounts, access: access, sites: sites, endSession: sources.endSession).add(to: router)
        RegistrationRoute(accounts: accounts).add(to: router)
        AdministrationRoutes(accounts: accounts, access: access, endSessions: sources.endSessions).add(to: router)
        PageRoutes(access: access).add(to: router)
        bundle?.add(to: router)
        routes = RoutedResponder(router, trustedProxies: configuration.trustedProxies, logger: logger)
    }

    /// Answers a request by the routes; a failure inside a route gives 500 without detail.
    /// - Parameter request: the complete request.
    /// - Returns: the complete response.
    public func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        await routes.respond(to: request)
    }
}
