/// Decides who a request comes from: one decision for sockets and HTTP interface (applications, B.3).
///
/// The token is looked up with the account store: a login that was ended, an account that was removed or has another role
/// now are refused, and the name is that under which the account was registered. While the store is away the token alone
/// decides.
public struct SupportAuthenticator: Sendable {
    /// The cookie that carries the token.
    public let cookie: SupportCookie
    /// What signs and checks tokens.
    public let tokens: SupportTokens
    let accounts: any AccountStore
    let now: @Sendable () -> Double

    /// Creates an authenticator.
    /// - Parameters:
    ///   - cookie: the cookie that carries the token.
    ///   - tokens: what checks tokens.
    ///   - accounts: where the accounts are.
    ///   - now: seconds since 1970-01-01 UTC. Default: the system's clock.
    public init(
        cookie: SupportCookie, tokens: SupportTokens, accounts: any AccountStore,
        now: @escaping @Sendable () -> Double = SupportTimestamp.now
    ) {
        self.cookie = cookie
        self.tokens = tokens
        self.accounts = accounts
        self.now = now
    }

    /// Decides about one request.
    /// - Parameters:
    ///   - header: its header `Cookie`; several of them joined by `; `.
    ///   - other: the token that counts if the cookie is not there, or empty; one that is not valid is never rescued by it.
    ///     Default: none.
    /// - Returns: who it comes from.
    /// - Throws: ``SupportAuthenticationError``.
    public func identify(
        cookies header: String?, orElse other: String? = nil
    ) async throws(SupportAuthenticationError) -> SupportIdentity {
        let token = try token(in: header, orElse: other)
        let identity: SupportIdentity
        do throws(SupportTokens.Failure) {
            identity = try await tokens.verify(token, now: now())
        } catch {
            throw .invalidToken(.token(error))
        }
        return try await confirmed(identity)
    }

    private func token(in header: String?, orElse other: String?) throws(SupportAuthenticationError) -> String {
        if let token = header.flatMap(cookie.value(in:)) ?? other, !token.isEmpty { return token }
        throw header?.isEmpty ?? true ? .noCookies : .noToken
    }

    /// What the account store says of a token.
    private func confirmed(_ identity: SupportIdentity) async throws(SupportAuthenticationError) -> SupportIdentity {
        guard let found = try? await lookUp(identity) else { return identity }
        guard !found.isEnded else { throw .invalidToken(.ended) }
        guard let account = found.account else { throw .invalidToken(.noAccount) }
        guard account.role == identity.role else { throw .invalidToken(.otherRole) }
        var identity = identity
        identity.user = account.name
        return identity
    }

    private func lookUp(_ identity: SupportIdentity) async throws -> (account: Account?, isEnded: Bool) {
        let account = try await accounts.account(named: identity.user)
        guard let session = identity.session else { return (account, false) }
        return (account, try await accounts.isRevoked(session: session))
    }
}
