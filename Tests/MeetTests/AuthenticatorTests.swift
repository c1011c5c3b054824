import SocketIO
import SocketServer
import Testing

@testable import Meet

@Suite("Who may connect (A.2.3)")
struct AuthenticatorTests {
    /// The text that the client sees, or the user's id, or "anonymous".
    private func outcome(
        _ auth: Value, header: String? = nil, _ change: (inout MeetConfiguration.Authentication) -> Void
    ) async -> String {
        var configuration = MeetConfiguration.Authentication()
        configuration.secrets = [Tokens.secret]
        change(&configuration)
        let verifier = await TokenVerifier(
            secrets: configuration.secrets, requireExpiry: configuration.requireExpiry)
        let authenticator = Authenticator(configuration: configuration, verifier: verifier, now: { Tokens.now })
        do {
            return try await authenticator.identify(auth: auth, header: header)?.userID ?? "anonymous"
        } catch {
            return error.message
        }
    }

    @Test("items 17 to 21: every row of the table of modes")
    func modes() async throws {
        let good = Value.string(try await Tokens.token())
        let expired = Value.string(try await Tokens.token { $0.exp = Tokens.now - 1 })
        let (none, failed, required) = ("anonymous", "Authentication failed", "Authentication token required")
        let rows: [(Value, none: String, optional: String, rejecting: String, required: String)] = [
            ([:], none, none, none, required),
            (["token": ""], none, none, none, required),
            (["token": good], none, "u1", "u1", "u1"),
            (["token": expired], none, none, failed, failed),
            (["token": "garbage"], none, none, failed, failed),
            (["token": 42], none, none, failed, failed),
        ]
        for row in rows {
            #expect(await outcome(row.0) { $0.mode = .none } == row.none)
            #expect(await outcome(row.0) { $0.mode = .optional } == row.optional)
            #expect(await outcome(row.0) { ($0.mode, $0.invalidToken) = (.optional, .reject) } == row.rejecting)
            #expect(await outcome(row.0) { $0.mode = .required } == row.required)
        }
    }

    @Test("items 22 to 24: raw and with Bearer, in auth and in the header; a bad token is not rescued")
    func places() async throws {
        let token = try await Tokens.token()
        for text in [token, "Bearer " + token] {
            #expect(await outcome(["token": .string(text)]) { $0.mode = .required } == "u1")
            #expect(await outcome([:], header: text) { $0.mode = .required } == "u1")
        }
        #expect(await outcome(["token": "x"], header: token) { $0.mode = .required } == "Authentication failed")
        let lowerCase = Value.string("bearer " + token)
        #expect(await outcome(["token": lowerCase]) { $0.mode = .required } == "Authentication failed")
    }
}
