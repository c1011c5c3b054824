public import Adapter

/// Settings of the support chat. The defaults are those of the specification (applications, C.3 and F).
public struct SupportConfiguration: Sendable {
    /// Secrets of HS256: the first signs, tokens signed with any of them are valid. At least one, each at least
    /// ``SupportTokens/shortestSecret`` bytes long. Default: none, which is an error.
    public var secrets: [String] = []
    /// Whether a token must have the claim `exp`. Default: `true`.
    public var requireExpiry = true
    /// Whether a socket is disconnected when its token expires, after the event `sesion_caducada`. Default: `true`.
    public var enforceExpiry = true
    /// The cookie that carries the token. Default: `token`, over HTTPS only.
    public var cookie = SupportCookie()
    /// Whether a client without the cookie may say its token in `auth.token` of its CONNECT, as applications on phones do
    /// (applications, B.3). Default: `false`.
    public var acceptsAuthToken = false
    /// The account that `admin` stands for in `para`. Default: `admin`.
    public var deskAccount = "admin"
    /// Whether an account that is no administrator's may write to another such. Default: `true`.
    public var userToUser = true
    /// Longest text of a message, in UTF-16 code units (JavaScript's `length`), 1 to 65,535; its UTF-8 has at most 65,535
    /// bytes in any case. Default: 5,000.
    public var maxText = 5_000
    /// How often an account may send, over all nodes; `nil` for as often as it likes. Default: 20 a second, 100 at once.
    public var messageRate: RateQuota? = RateQuota(burst: 100, refill: .milliseconds(50))
    /// Most messages of one `sincronizacion`, 1 to 10,000. Default: 500.
    public var catchUpLimit = 500
    /// How long a message waits for the one before it in its conversation, which another node is about to publish, before
    /// it is published all the same. Default: 2 seconds, the time that a store has for a call.
    public var orderWait: Duration = .seconds(2)
    /// How long messages are kept; `nil` for ever. Default: `nil`.
    public var retention: Duration?
    /// Whether the log has, at level info, the lines of the original server, which name accounts. Default: `false`.
    public var logCompat = false

    /// The default settings, which lack a secret.
    public init() {}

    /// Checks that the settings make sense together.
    /// - Throws: ``SupportConfigurationError`` naming the first setting that does not.
    public func validate() throws(SupportConfigurationError) {
        try require(!secrets.isEmpty, "JWT secret", "is missing, so nobody could connect")
        try require(
            secrets.allSatisfy { $0.utf8.count >= SupportTokens.shortestSecret }, "JWT secret",
            "must have at least \(SupportTokens.shortestSecret) bytes")
        try require(SupportCookie.isName(cookie.name), "cookie", "must be a cookie's name of at most 64 characters")
        try require(
            (1...SupportIdentity.nameLimit).contains(deskAccount.unicodeScalars.count), "desk account",
            "must have 1 to \(SupportIdentity.nameLimit) characters")
        try require((1...PrivateMessage.byteLimit).contains(maxText), "text limit", "must lie between 1 and 65,535")
        try require((1...10_000).contains(catchUpLimit), "catch-up limit", "must lie between 1 and 10,000")
        try require(
            orderWait >= .zero && orderWait <= .seconds(10), "order wait", "must lie between 0 and 10 seconds")
        try require((retention ?? .seconds(1)) > .zero, "retention", "must be positive")
    }

    private func require(
        _ condition: Bool, _ setting: String, _ problem: String
    ) throws(SupportConfigurationError) {
        guard condition else { throw SupportConfigurationError(setting: setting, problem: problem) }
    }
}

/// A setting of the support chat that cannot be used.
public struct SupportConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Name of the setting.
    public var setting: String
    /// What is wrong with it.
    public var problem: String

    /// The error in one line, for the person who starts the server.
    public var description: String { "\(setting) \(problem)" }
}
