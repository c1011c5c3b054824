import JWTKit

/// Signs and checks the tokens of the support chat: HS256 only (applications, B.2 and B.3).
public struct SupportTokens: Sendable {
    /// Why a token is not valid.
    public enum Failure: Error, Sendable, Equatable {
        /// It is no token, or of another algorithm.
        case malformed
        /// None of our secrets has signed it.
        case signature
        /// Its time is over.
        case expired
        /// It has no time although it must, or is not in force yet.
        case time
        /// The claim `user` is missing, empty or too long.
        case noUser
        /// The claim `rol` is neither `admin` nor `user`.
        case role
    }

    /// Fewest bytes of a secret: the length of the hash (RFC 7518, section 3.2).
    public static let shortestSecret = 32
    /// The longest token that is looked at, in bytes.
    public static let sizeLimit = 8 << 10

    /// How long a token that is issued here is valid.
    public let lifetime: Duration
    private let keys: [JWTKeyCollection]
    private let requireExpiry: Bool

    /// Creates an issuer and verifier.
    /// - Parameters:
    ///   - secrets: at least one, each at least ``shortestSecret`` bytes long. The first signs; tokens signed with any of
    ///     them are valid, so that secrets can be replaced.
    ///   - requireExpiry: whether tokens without the claim `exp` are refused. Default: `true`.
    ///   - lifetime: how long a token that is issued here is valid. Default: 1 hour.
    public init(secrets: [String], requireExpiry: Bool = true, lifetime: Duration = .seconds(3_600)) async {
        var keys: [JWTKeyCollection] = []
        for secret in secrets {
            keys.append(await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256))
        }
        self.keys = keys
        self.requireExpiry = requireExpiry
        self.lifetime = lifetime
    }

    /// Signs a token for an account.
    /// - Parameters:
    ///   - account: the account, as stored.
    ///   - session: names the login (claim `jti`): random, 1 to ``SupportIdentity/sessionLimit`` characters.
    ///   - now: seconds since 1970-01-01 UTC.
    /// - Returns: the token.
    /// - Throws: if there is no secret.
    public func issue(for account: Account, session: String, now: Double) async throws -> String {
        guard let key = keys.first else { throw Failure.signature }
        let issued = now.rounded(.down)
        let seconds = Double(lifetime.components.seconds)
        return try await key.sign(SupportClaims(account, session: session, issued: issued, expiry: issued + seconds))
    }

    /// Checks a token.
    /// - Parameters:
    ///   - token: the token.
    ///   - now: seconds since 1970-01-01 UTC.
    /// - Returns: who the token names.
    /// - Throws: ``Failure``.
    public func verify(_ token: String, now: Double) async throws(Failure) -> SupportIdentity {
        guard token.utf8.count <= Self.sizeLimit else { throw .malformed }
        // The header is looked at first: a signature made in another way than ours never meets our secrets.
        let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: SupportClaims.self)
        guard let parsed, parsed.header.alg == "HS256" else { throw .malformed }
        guard let claims = await signed(token) else { throw .signature }
        if let expiry = claims.expiry, expiry <= now { throw .expired }
        guard claims.expiry != nil || !requireExpiry, (claims.notBefore ?? now) <= now else { throw .time }
        return try Self.identity(claims)
    }

    private static func identity(_ claims: SupportClaims) throws(Failure) -> SupportIdentity {
        guard let user = claims.user, (1...SupportIdentity.nameLimit).contains(user.unicodeScalars.count) else {
            throw .noUser
        }
        guard let role = claims.role.flatMap(Account.Role.init) else { throw .role }
        let session = claims.session.flatMap { id in
            (1...SupportIdentity.sessionLimit).contains(id.unicodeScalars.count) ? id : nil
        }
        return SupportIdentity(
            user: user, name: claims.name ?? user, role: role, image: claims.image, session: session,
            expiry: claims.expiry)
    }

    private func signed(_ token: String) async -> SupportClaims? {
        for key in keys {
            if let claims = try? await key.verify(token, as: SupportClaims.self) { return claims }
        }
        return nil
    }
}
