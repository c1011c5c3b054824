import FoundationEssentials
import JWTKit
import Testing

@testable import Support

/// Tokens as others would sign them.
enum Tokens {
    static let secret = "a secret that only these tests know, and long enough for every digest there is"
    static let former = "the secret of the year before, which is long enough, too"
    /// When tests take place: seconds since 1970.
    static let now: Double = 1_800_000_000

    /// Claims of any kind.
    struct Claims: JWTPayload {
        var user: String?
        var rol: String?
        var name: String?
        var userId: String?
        var jti: String?
        var exp: Double?
        var nbf: Double?

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// A token of `ana`, valid for an hour unless changed.
    static func token(
        secret: String = secret, algorithm: DigestAlgorithm = .sha256, _ change: (inout Claims) -> Void = { _ in }
    ) async throws -> String {
        var claims = Claims(user: "Ana", rol: "user", exp: now + 3_600)
        change(&claims)
        return try await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: algorithm).sign(claims)
    }

    static func verifier(requireExpiry: Bool = true) async -> SupportTokens {
        await SupportTokens(secrets: [secret, former], requireExpiry: requireExpiry)
    }
}

@Suite("Who a request comes from")
struct SupportAuthenticatorTests {
    let store = MemoryStore()

    private func authenticator(requireExpiry: Bool = true) async -> SupportAuthenticator {
        SupportAuthenticator(
            cookie: SupportCookie(), tokens: await Tokens.verifier(requireExpiry: requireExpiry), accounts: store,
            now: { Tokens.now })
    }

    private func failure(of cookies: String?) async -> SupportAuthenticationError? {
        do throws(SupportAuthenticationError) {
            _ = try await authenticator().identify(cookies: cookies)
            return nil
        } catch {
            return error
        }
    }

    @Test("Items 111 to 113: the three texts, in order")
    func texts() async throws {
        for header in [nil, ""] { #expect(await failure(of: header)?.message == "No autenticado") }
        for header in ["a=b", "token=", "xtoken=\(try await Tokens.token())"] {
            #expect(await failure(of: header)?.message == "Token no proporcionado", "\(header)")
        }
        let bad = try await [
            "nonsense", Tokens.token(secret: "somebody else's secret of 32 bytes and more"),
            Tokens.token { $0.exp = Tokens.now }, Tokens.token { $0.exp = nil },
            Tokens.token { $0.nbf = Tokens.now + 1 }, Tokens.token(algorithm: .sha512),
            "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiQW5hIiwicm9sIjoidXNlciJ9.",
        ]
        for token in bad { #expect(await failure(of: "token=\(token)")?.message == "Token inválido", "\(token)") }
        #expect(await failure(of: "token=\(String(repeating: "x", count: 9_000))") == .invalidToken(.token(.malformed)))
    }

    @Test("a token beside the cookies counts only where there is none among them")
    func otherToken() async throws {
        let (good, other) = (try await Tokens.token(), try await Tokens.token { $0.user = "berta" })
        for header in [nil, "", "a=b", "token="] {
            #expect(try await authenticator().identify(cookies: header, orElse: other).user == "berta")
        }
        #expect(try await authenticator().identify(cookies: "token=\(good)", orElse: other).user == "Ana")
        for (header, token, text) in [
            ("token=nonsense", other, "Token inválido"), ("a=b", "nonsense", "Token inválido"),
            ("a=b", "", "Token no proporcionado"), ("", "", "No autenticado"),
        ] {
            let error = await #expect(throws: SupportAuthenticationError.self) {
                _ = try await authenticator().identify(cookies: header, orElse: token)
            }
            #expect(error?.message == text)
        }
    }

    @Test("Items 117 and 118: a good signature is not enough, the claims must be ours")
    func claims() async throws {
        let cases: [(SupportTokens.Failure, @Sendable (inout Tokens.Claims) -> Void)] = [
            (.noUser, { $0.user = nil }), (.noUser, { $0.user = "" }),
            (.noUser, { $0.user = String(repeating: "x", count: 51) }), (.role, { $0.rol = nil }),
            (.role, { $0.rol = "Admin" }),
            (
                .noUser,
                {
                    ($0.user, $0.rol) = (nil, nil)
                    $0.userId = "u1"
                }
            ),
        ]
        for (expected, change) in cases {
            #expect(await failure(of: "token=\(try await Tokens.token(change))") == .invalidToken(.token(expected)))
        }
    }

    @Test("tokens of a former secret are good; what we issue is signed with the first and has all claims")
    func issuing() async throws {
        let old = try await Tokens.token(secret: Tokens.former)
        #expect(try await authenticator().identify(cookies: "token=\(old)").user == "Ana")
        let account = Account(name: "Eva", displayName: "Eva López", role: .admin, passwordHash: "", image: "/e.png")
        let token = try await Tokens.verifier().issue(for: account, session: "s1", now: Tokens.now + 0.7)
        let first = await SupportTokens(secrets: [Tokens.secret])
        let expected = SupportIdentity(
            user: "Eva", name: "Eva López", role: .admin, image: "/e.png", session: "s1", expiry: Tokens.now + 3_600)
        #expect(try await first.verify(token, now: Tokens.now) == expected)
    }

    @Test("tokens without expiry are good where that is allowed")
    func expiry() async throws {
        let token = try await Tokens.token { $0.exp = nil }
        #expect(try await authenticator(requireExpiry: false).identify(cookies: "token=\(token)").expiry == nil)
    }

    @Test("Item 123: a login that was ended, an account that was removed or has another role are refused")
    func store() async throws {
        let token = "token=" + (try await Tokens.token { $0.jti = "s1" })
        #expect(await failure(of: token) == nil)
        try await store.revoke(session: "s1", until: 0)
        #expect(await failure(of: token) == .invalidToken(.ended))
        store.cutOff(true)
        #expect(await failure(of: token) == nil)
        store.cutOff(false)
        let legacy = "token=" + (try await Tokens.token())
        #expect(await failure(of: legacy) == nil)
        _ = try await store.setRole(.admin, of: "ana")
        #expect(await failure(of: legacy) == .invalidToken(.otherRole))
        _ = try await store.remove(account: "ana")
        #expect(await failure(of: legacy) == .invalidToken(.noAccount))
    }

    @Test("Item 136: the name is that under which the account was registered")
    func canonicalName() async throws {
        let token = try await Tokens.token { $0.user = "ANA" }
        #expect(try await authenticator().identify(cookies: "token=\(token)").user == "Ana")
    }
}
