import JWTKit

/// The claims of a token of the support chat (applications, B.2). Claims of an unexpected type count as absent.
struct SupportClaims: JWTPayload {
    var user: String?
    var name: String?
    var role: String?
    var image: String?
    var session: String?
    /// Seconds since 1970-01-01 UTC, as the two below.
    var issued: Double?
    var notBefore: Double?
    var expiry: Double?

    private enum CodingKeys: String, CodingKey {
        case user, name
        case role = "rol"
        case image = "imagen"
        case session = "jti"
        case issued = "iat"
        case notBefore = "nbf"
        case expiry = "exp"
    }

    init(_ account: Account, session: String, issued: Double, expiry: Double) {
        user = account.name
        name = account.displayName
        role = account.role.rawValue
        image = account.image
        self.session = session
        self.issued = issued
        self.expiry = expiry
    }

    init(from decoder: any Decoder) throws {
        let claims = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String? { try? claims.decode(String.self, forKey: key) }
        func time(_ key: CodingKeys) -> Double? { try? claims.decode(Double.self, forKey: key) }
        user = text(.user)
        name = text(.name)
        role = text(.role)
        image = text(.image)
        session = text(.session)
        issued = time(.issued)
        notBefore = time(.notBefore)
        expiry = time(.expiry)
    }

    /// Times are checked by ``SupportTokens``, which is told the time.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
