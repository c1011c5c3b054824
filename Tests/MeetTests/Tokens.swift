import FoundationEssentials
import JWTKit

/// Tokens as the account service would sign them, and others.
enum Tokens {
    static let secret = "a secret that only these tests know, and long enough for every digest there is"
    static let otherSecret = "another secret of these tests, which is long enough"
    /// When tests take place: seconds since 1970.
    static let now: Double = 1_800_000_000

    /// Claims of any kind.
    struct Claims: JWTPayload {
        var userId: String?
        var id: String?
        var email: String?
        var name: String?
        var isGoogleUser: Bool?
        var exp: Double?
        var nbf: Double?

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// A token of user `u1`, valid for an hour unless changed.
    static func token(
        secret: String = secret, algorithm: DigestAlgorithm = .sha256, _ change: (inout Claims) -> Void = { _ in }
    ) async throws -> String {
        var claims = Claims(userId: "u1", exp: now + 3_600)
        change(&claims)
        return try await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: algorithm).sign(claims)
    }

    /// A token made of JSON texts, with any signature.
    static func raw(header: String, claims: String, signature: String = "") -> String {
        [header, claims].map(base64).joined(separator: ".") + "." + signature
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().filter { $0 != "=" }
            .map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }.joined()
    }
}
