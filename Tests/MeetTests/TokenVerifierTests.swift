import JWTKit
import Testing

@testable import Meet

@Suite("Checking tokens (A.2.2)")
struct TokenVerifierTests {
    private func verify(
        _ token: String, secrets: [String] = [Tokens.secret], requireExpiry: Bool = true, now: Double = Tokens.now
    ) async -> Result<Identity, TokenVerifier.Failure> {
        let verifier = await TokenVerifier(secrets: secrets, requireExpiry: requireExpiry)
        do throws(TokenVerifier.Failure) {
            return .success(try await verifier.verify(token, now: now))
        } catch {
            return .failure(error)
        }
    }

    @Test("a valid token names its user with the documented claims")
    func valid() async throws {
        let token = try await Tokens.token {
            $0.email = "a@example.org"
            $0.name = "Ann"
            $0.isGoogleUser = true
        }
        let identity = Identity(
            userID: "u1", email: "a@example.org", name: "Ann", isGoogleUser: true, expiry: Tokens.now + 3_600)
        #expect(await verify(token) == .success(identity))
    }

    @Test("the legacy claim id names the user, userId goes before it; without both there is no user")
    func legacy() async throws {
        let legacy = try await Tokens.token { ($0.userId, $0.id) = (nil, "old") }
        let both = try await Tokens.token { $0.id = "old" }
        let neither = try await Tokens.token { $0.userId = nil }
        #expect(try await verify(legacy).get().userID == "old")
        #expect(try await verify(both).get().userID == "u1")
        #expect(await verify(neither) == .failure(.invalid))
    }

    @Test("the time counts: exp is the first second of being expired, nbf the first of being valid")
    func times() async throws {
        let token = try await Tokens.token {
            $0.nbf = Tokens.now - 10
            $0.exp = Tokens.now
        }
        #expect(await verify(token, now: Tokens.now - 11) == .failure(.invalid))
        #expect(try await verify(token, now: Tokens.now - 10).get().userID == "u1")
        #expect(try await verify(token, now: Tokens.now - 0.5).get().userID == "u1")
        #expect(await verify(token, now: Tokens.now) == .failure(.expired))
    }

    @Test("a token without exp is refused, unless that is allowed")
    func expiry() async throws {
        let token = try await Tokens.token { $0.exp = nil }
        #expect(await verify(token) == .failure(.invalid))
        #expect(try await verify(token, requireExpiry: false).get().expiry == nil)
    }

    @Test("every secret verifies, none verifies nothing")
    func secrets() async throws {
        let token = try await Tokens.token(secret: Tokens.otherSecret)
        #expect(await verify(token) == .failure(.invalid))
        #expect(try await verify(token, secrets: [Tokens.secret, Tokens.otherSecret]).get().userID == "u1")
        #expect(await verify(token, secrets: []) == .failure(.invalid))
    }

    @Test("only HS256: other digests, none, and HS256 keys under another name are refused")
    func algorithms() async throws {
        let claims = #"{"userId":"u1","exp":\#(Tokens.now + 60)}"#
        let longer = try await Tokens.token(algorithm: .sha512)
        let genuine = try await Tokens.token()
        let parts = genuine.split(separator: ".")
        let signature = String(try #require(parts.last))
        for token in [
            longer,
            Tokens.raw(header: #"{"alg":"none"}"#, claims: claims),
            Tokens.raw(header: #"{"alg":"None","typ":"JWT"}"#, claims: claims, signature: signature),
            Tokens.raw(header: #"{"alg":"RS256"}"#, claims: claims, signature: signature),
            Tokens.raw(header: #"{"typ":"JWT"}"#, claims: claims, signature: signature),
            parts.dropLast().joined(separator: ".") + ".",
            parts.dropLast().joined(separator: "."),
        ] {
            #expect(await verify(token) == .failure(.invalid), "\(token)")
        }
    }

    @Test(
        "nonsense is refused and harms nobody",
        arguments: [
            "", ".", "..", "...", "a.b.c", "not a token", " ", "💥.💥.💥", "eyJhbGciOiJIUzI1NiJ9.e30.", "\u{0}",
        ])
    func nonsense(token: String) async {
        #expect(await verify(token) == .failure(.invalid))
    }

    @Test("a claim of another type counts as absent; a number is an id too")
    func types() async throws {
        let keys = await TokenVerifier(secrets: [Tokens.secret], requireExpiry: false)
        let token = try await Tokens.token { $0.isGoogleUser = nil }
        #expect(try await keys.verify(token, now: Tokens.now).isGoogleUser == false)
    }
}
