import JWTKit

/// Checks tokens: HS256 only, signed with one of our secrets, in force now, and naming a user.
public struct TokenVerifier: Sendable {
    /// Why a token is not valid.
    public enum Failure: Error, Sendable {
        /// Malformed, of another algorithm, signed by somebody else, not in force yet, or without a user.
        case invalid
        /// Its time is over.
        case expired
    }

    private let keys: [JWTKeyCollection]
    private let requireExpiry: Bool

    /// Creates a verifier.
    /// - Parameters:
    ///   - secrets: the secrets, each at least ``MeetConfiguration/Authentication/shortestSecret`` bytes long.
    ///   - requireExpiry: whether tokens without the claim `exp` are refused.
    public init(secrets: [String], requireExpiry: Bool) async {
        var keys: [JWTKeyCollection] = []
        for secret in secrets {
            keys.append(await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256))
        }
        self.keys = keys
        self.requireExpiry = requireExpiry
    }

    /// Checks a token.
    /// - Parameters:
    ///   - token: the token, without `Bearer `.
    ///   - now: seconds since 1970-01-01 UTC.
    /// - Returns: who the token names.
    /// - Throws: ``Failure``.
    public func verify(_ token: String, now: Double) async throws(Failure) -> Identity {
        // The header is looked at first: a signature made in another way than ours never meets our secrets.
        let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: TokenClaims.self)
        guard let parsed, parsed.header.alg == "HS256" else { throw .invalid }
        guard let claims = await signed(token), let identity = claims.identity else { throw .invalid }
        if let notBefore = claims.notBefore, now < notBefore { throw .invalid }
        guard let expiry = claims.expiry else {
            guard !requireExpiry else { throw .invalid }
            return identity
        }
        guard now < expiry else { throw .expired }
        return identity
    }

    private func signed(_ token: String) async -> TokenClaims? {
        for key in keys {
            if let claims = try? await key.verify(token, as: TokenClaims.self) { return claims }
        }
        return nil
    }
}
