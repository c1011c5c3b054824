public import EngineIO

/// Settings of one ``Engine``. The defaults are those of the reference server (Engine.IO 6) where it has them.
public struct EngineConfiguration: Sendable {
    /// Time between the handshake, or the last pong, and the next ping. Default: 25 seconds.
    public var pingInterval: Duration = .seconds(25)
    /// Time that a client has to answer a ping. Default: 20 seconds.
    public var pingTimeout: Duration = .seconds(20)
    /// Longest request body and longest WebSocket message in bytes. Default: 1,000,000.
    public var maxPayload: Int = 1_000_000
    /// Most packets in one request body. Default: 100,000.
    public var maxPacketsPerPayload: Int = 100_000
    /// Time that a client has to complete an upgrade to WebSocket. Default: 10 seconds.
    public var upgradeTimeout: Duration = .seconds(10)
    /// The transports offered. Default: both.
    public var transports: Set<Transport> = [.polling, .websocket]
    /// Whether a polling session may move to WebSocket. Default: `true`.
    public var allowUpgrades: Bool = true
    /// Whether clients of Socket.IO 2.x, which speak Engine.IO 3, may connect. Their JSONP polling is offered only if any
    /// page may connect, since script elements name no origin. Default: `false`.
    public var allowEIO3: Bool = false
    /// Which web pages may connect. Default: ``OriginPolicy/any``.
    public var origins: OriginPolicy = .any
    /// Whether handshakes without an `Origin` header (programs other than browsers) are accepted. Default: `true`.
    public var allowMissingOrigin: Bool = true
    /// Whether browsers may send cookies and read the answers (`Access-Control-Allow-Credentials`). Default: `false`.
    public var credentials: Bool = false
    /// What else browsers are told about requests of other origins. Default: what the protocol needs.
    public var cors = CORSOptions()
    /// A cookie that carries the session id. Default: `nil`, none is sent.
    public var cookie: SessionCookie?
    /// Code of the application that runs for the engine's requests. Default: none.
    public var hooks = RequestHooks()
    /// Most bytes that may wait for one client that does not read; over it the session ends with
    /// `CloseReason.slowConsumer`. Default: 4 MiB.
    public var outboundLimit: Int = 4 << 20
    /// How many entries of `X-Forwarded-For`, counted from the right, were written by proxies of ours and are believed.
    /// The client's address is the outermost of them: an IP address, with or without port. If that entry is no address,
    /// the client's is that of the connection. `X-Forwarded-Proto` is believed to the same depth. With 0 the forwarding
    /// headers are ignored. Default: 0.
    public var trustedProxies: Int = 0
    /// Time from the first byte of a WebSocket message to its last; a client that takes longer is closed with
    /// `CloseReason.messageTimeout`. Default: 60 seconds, enough for ``maxPayload`` over 140 kbit/s.
    public var messageTimeout: Duration = .seconds(60)
    /// How often one address may open sessions; further handshakes are answered with 429. The address is the client's,
    /// as ``trustedProxies`` finds it; of IPv6 its first 64 bits count. Clients without one, over a unix socket, are not
    /// limited. Default: `nil`, no limit: whole offices come from one address.
    public var handshakesPerAddress: RateLimit?
    /// Most sessions at a time; further handshakes are answered with 503. Default: 1,000,000.
    public var maxSessions: Int = 1_000_000
    /// Compression of WebSocket messages, with clients that offer it. Default: none, as in the reference server.
    public var perMessageDeflate: PerMessageDeflate?
    /// Compression of the answers to polls, for clients that accept it; `nil` turns it off.
    /// Default: ``HTTPCompression/init(threshold:)``.
    public var httpCompression: HTTPCompression? = HTTPCompression()

    /// Creates the default settings.
    public init() {}

    /// Checks that the settings make sense together.
    /// - Throws: ``EngineConfigurationError`` naming the first setting that does not.
    public func validate() throws(EngineConfigurationError) {
        try require(pingInterval > .zero, "pingInterval", "must be positive")
        try require(pingTimeout > .zero, "pingTimeout", "must be positive")
        try require(upgradeTimeout > .zero, "upgradeTimeout", "must be positive")
        try require((1...(1 << 30)).contains(maxPayload), "maxPayload", "must be between 1 byte and 1 GiB")
        try require(maxPacketsPerPayload > 0, "maxPacketsPerPayload", "must be positive")
        try require(!transports.isEmpty, "transports", "must name at least one transport")
        try require(outboundLimit > 0, "outboundLimit", "must be positive")
        try require(trustedProxies >= 0, "trustedProxies", "must not be negative")
        try require(messageTimeout > .zero, "messageTimeout", "must be positive")
        try require(maxSessions > 0, "maxSessions", "must be positive")
        if let (setting, problem) = perMessageDeflate?.problem {
            throw EngineConfigurationError(setting: "perMessageDeflate.\(setting)", problem: problem)
        }
        if let (setting, problem) = httpCompression?.problem {
            throw EngineConfigurationError(setting: "httpCompression.\(setting)", problem: problem)
        }
        if case .list(let origins, _) = origins {
            try require(
                origins.allSatisfy(OriginPolicy.isOrigin), "origins", "must be scheme://host[:port] in lower case")
        }
        try require(cors.problem == nil, "cors", cors.problem ?? "")
        try require(cookie?.problem == nil, "cookie", cookie?.problem ?? "")
        try require(hooks.timeout > .zero, "hooks.timeout", "must be positive")
    }

    private func require(
        _ condition: Bool, _ setting: String, _ problem: String
    ) throws(EngineConfigurationError) {
        guard condition else { throw EngineConfigurationError(setting: setting, problem: problem) }
    }
}

/// A setting of ``EngineConfiguration`` that cannot be used.
public struct EngineConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the setting.
    public var setting: String
    /// What is wrong with it.
    public var problem: String

    /// The error in one line, for the person who starts the server.
    public var description: String { "\(setting) \(problem)" }
}
