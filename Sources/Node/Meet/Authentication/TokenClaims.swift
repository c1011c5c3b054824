import JWTKit

/// The claims that *meet* reads. Claims of an unexpected type count as absent.
struct TokenClaims: JWTPayload {
    let identity: Identity?
    /// Claim `nbf`: seconds since 1970-01-01 UTC before which the token is not valid.
    let notBefore: Double?
    let expiry: Double?

    private enum Key: String, CodingKey {
        case userId, id, email, name, isGoogleUser, exp, nbf
    }

    init(from decoder: any Decoder) throws {
        let claims = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) -> String? {
            if let text = try? claims.decode(String.self, forKey: key) { return text.isEmpty ? nil : text }
            return (try? claims.decode(Int64.self, forKey: key)).map(String.init)
        }
        let expiry = try? claims.decode(Double.self, forKey: .exp)
        self.expiry = expiry
        notBefore = try? claims.decode(Double.self, forKey: .nbf)
        identity = (text(.userId) ?? text(.id)).map { userID in
            Identity(
                userID: userID, email: text(.email), name: text(.name),
                isGoogleUser: (try? claims.decode(Bool.self, forKey: .isGoogleUser)) ?? false, expiry: expiry)
        }
    }

    /// Tokens are only read here; whoever signs them has claims of its own.
    func encode(to encoder: any Encoder) throws {
        var claims = encoder.container(keyedBy: Key.self)
        try claims.encodeIfPresent(identity?.userID, forKey: .userId)
        try claims.encodeIfPresent(identity?.email, forKey: .email)
        try claims.encodeIfPresent(identity?.name, forKey: .name)
        try claims.encodeIfPresent(identity?.isGoogleUser, forKey: .isGoogleUser)
        try claims.encodeIfPresent(expiry, forKey: .exp)
        try claims.encodeIfPresent(notBefore, forKey: .nbf)
    }

    /// Times are checked by ``TokenVerifier``, which is told the time.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
