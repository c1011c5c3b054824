import Matchmaking
import Testing

@testable import Meet

@Suite("Settings of meet")
struct MeetConfigurationTests {
    private func problem(_ change: (inout MeetConfiguration) -> Void) -> String? {
        var configuration = MeetConfiguration()
        change(&configuration)
        do {
            try configuration.validate()
            return nil
        } catch {
            return error.setting
        }
    }

    @Test("the defaults are valid, and are those of section F")
    func defaults() {
        let configuration = MeetConfiguration()
        #expect(problem { _ in } == nil)
        #expect(configuration.authentication.mode == .optional)
        #expect(configuration.authentication.invalidToken == .anonymous)
        #expect(configuration.authentication.requireExpiry)
        #expect(!configuration.authentication.enforcesExpiry)
        #expect(!configuration.revealEmail)
        #expect(configuration.limits.text == 5_000)
        #expect(configuration.policy == MatchPolicy())
    }

    @Test("a secret is needed where tokens decide, and must be as long as the hash")
    func secrets() {
        let short = String(repeating: "x", count: 31)
        #expect(problem { $0.authentication.mode = .required } == "JWT secret")
        #expect(problem { $0.authentication.invalidToken = .reject } == "JWT secret")
        #expect(problem { $0.authentication.secrets = [short] } == "JWT secret")
        #expect(problem { $0.authentication.secrets = [short + "x", short] } == "JWT secret")
        #expect(problem { ($0.authentication.mode, $0.authentication.secrets) = (.required, [short + "x"]) } == nil)
    }

    @Test("expiry is enforced in required mode unless said otherwise")
    func expiry() {
        var authentication = MeetConfiguration.Authentication()
        authentication.mode = .required
        #expect(authentication.enforcesExpiry)
        authentication.enforceExpiry = false
        #expect(!authentication.enforcesExpiry)
    }

    @Test("limits and times must make sense")
    func bounds() {
        #expect(problem { $0.limits.text = 0 } == "text limit")
        #expect(problem { $0.limits.description = 2 << 20 } == "description limit")
        #expect(problem { $0.limits.candidate = -1 } == "candidate limit")
        #expect(problem { $0.onlineBroadcast = .zero } == "online broadcast")
        #expect(problem { $0.limits.offerLifetime = .seconds(86_401) } == "offer lifetime")
        #expect(problem { $0.policy.rematch = .cooldown(.seconds(-1)) } == "rematch")
    }
}
