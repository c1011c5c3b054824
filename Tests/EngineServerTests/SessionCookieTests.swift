import Testing

@testable import EngineServer

@Suite("Session cookie")
struct SessionCookieTests {
    func line(_ configure: (inout SessionCookie) -> Void) -> String {
        var cookie = SessionCookie()
        configure(&cookie)
        return cookie.line(value: "ID")
    }

    @Test("is written with its attributes")
    func attributes() {
        #expect(
            SessionCookie(name: "sid").line(value: "ID") == "set-cookie: sid=ID; Path=/; HttpOnly; SameSite=Lax\r\n")
        #expect(
            line {
                $0.path = nil
                $0.httpOnly = false
                $0.sameSite = nil
            } == "set-cookie: io=ID\r\n")
        #expect(
            line {
                $0.maxAge = .milliseconds(90_500)
                $0.domain = "example.com"
                $0.path = "/socket.io/"
                $0.secure = true
                $0.partitioned = true
                $0.sameSite = SessionCookie.SameSite.none
            }
                == "set-cookie: io=ID; Max-Age=90; Domain=example.com; Path=/socket.io/; HttpOnly; Secure; Partitioned; "
                + "SameSite=None\r\n")
    }

    @Test("is refused where a browser would not take it, or a response would break apart")
    func problems() {
        let mistakes: [(inout SessionCookie) -> Void] = [
            { $0.name = "" }, { $0.name = "a b" }, { $0.name = "a=b" }, { $0.name = "ä" }, { $0.path = "/;x" },
            { $0.domain = "a\r\nb" }, { $0.maxAge = .seconds(-1) }, { $0.sameSite = SessionCookie.SameSite.none },
            { $0.partitioned = true },
        ]
        for mistake in mistakes {
            var configuration = EngineConfiguration()
            var cookie = SessionCookie()
            mistake(&cookie)
            configuration.cookie = cookie
            #expect(throws: EngineConfigurationError.self) { try configuration.validate() }
        }
        #expect(SessionCookie(name: "__Host-io").problem == nil)
    }
}
