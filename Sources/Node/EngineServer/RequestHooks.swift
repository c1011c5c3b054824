public import NIOHTTP1

/// Code of the application that an ``Engine`` runs for its requests: the HTTP middleware, `allowRequest` and the header
/// events of the reference server. Without hooks a request costs what it cost before.
///
/// ```swift
/// var configuration = EngineConfiguration()
/// configuration.hooks.use { request in
///     request.responseHeaders.add(name: "x-content-type-options", value: "nosniff")
///     return nil
/// }
/// configuration.hooks.allowRequest = { request in
///     guard let user = try await users.find(token: request.cookie("token")) else {
///         throw RequestRefusal("token missing or unknown")
///     }
///     request.values[User.self] = user
/// }
/// ```
///
/// The order is that of the reference: cross-origin rules, middleware, the checks of the protocol, `allowRequest`.
public struct RequestHooks: Sendable {
    /// Looks at a request before the engine does.
    ///
    /// It returns `nil` to let the request go on, or the response that answers it. What it throws refuses the request: a
    /// ``RequestRefusal`` with 403 and its text, anything else is logged and refused with 400 and `Bad request`.
    public typealias Middleware = @Sendable (_ request: inout ClientRequest) async throws -> HTTPServerResponse?

    /// Decides whether a session is opened: it returns to allow it, and throws a ``RequestRefusal`` to refuse it.
    public typealias AllowRequest = @Sendable (_ request: inout ClientRequest) async throws -> Void

    /// Changes the header fields of a response before they are sent, on the event loop: it must not block.
    public typealias HeaderHook = @Sendable (_ headers: inout HTTPHeaders, _ request: ClientRequest) -> Void

    /// Runs for every request of the engine, polls and upgrades included, in this order; preflights are answered before.
    /// Default: none.
    public var middleware: [Middleware] = []
    /// Runs for every handshake that the engine itself would accept, on polling and on WebSocket; not for the upgrade of
    /// a session that exists.
    ///
    /// A ``RequestRefusal`` is answered with 403 and `{"code":4,"message":…}`, which stock clients report as the context
    /// of `connect_error`; any other error is logged, and the client is told `Forbidden` only. Default: `nil`, all are
    /// allowed.
    public var allowRequest: AllowRequest?
    /// Time that the middleware of a request has together, and `allowRequest` has; over it the task is cancelled and the
    /// request refused as if an error had been thrown. Default: 10 seconds.
    public var timeout: Duration = .seconds(10)
    /// `initial_headers` of the reference: the first response of a session, the 101 of a WebSocket included. It runs
    /// before ``headers``. Default: `nil`.
    public var initialHeaders: HeaderHook?
    /// `headers` of the reference: every response of a session, the 101 of a WebSocket included; not refusals. Of a 101
    /// only the fields that are no part of the WebSocket handshake are seen and can be set.
    /// Default: `nil`.
    public var headers: HeaderHook?

    /// Creates hooks that do nothing.
    public init() {}

    /// Adds a middleware behind those that are there.
    /// - Parameter middleware: what is run.
    public mutating func use(_ middleware: @escaping Middleware) {
        self.middleware.append(middleware)
    }

    /// Whether a request can be served without a thought of hooks.
    var isEmpty: Bool {
        middleware.isEmpty && allowRequest == nil && initialHeaders == nil && headers == nil
    }
}

/// Thrown by a hook to refuse a request with a text that the client may read.
public struct RequestRefusal: Error, Sendable, Equatable {
    /// The text.
    public var message: String

    /// Creates a refusal.
    /// - Parameter message: the text for the client. Default: `Forbidden`, as the reference server says.
    public init(_ message: String = "Forbidden") {
        self.message = message
    }
}
