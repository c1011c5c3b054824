import EngineServer
import HTTPTypes
import Hummingbird
import Support
import WebAPI

/// Login, logout and who one is (applications, B.8): `/auth`, `/logout`, `/api/sesion`.
///
/// `GET /logout` remains for links of old pages. Since it changes something, a page of another site that leads there is
/// refused like one that posts.
struct LoginRoutes: Sendable {
    let accounts: SupportAccounts
    let access: AccessGuard
    let sites: SiteRule
    let endSession: @Sendable (_ session: String) -> Void

    /// Who somebody is, as pages read it.
    struct LoggedIn: Encodable {
        var username: String
        var role: String
        var name: String
        /// What was done to get here.
        var mensaje: String?

        init(_ identity: SupportIdentity) {
            username = identity.user
            role = identity.role.rawValue
            name = identity.name
        }

        init(_ account: Account, message: String) {
            username = account.name
            role = account.role.rawValue
            name = account.displayName
            mensaje = message
        }
    }

    func add(to router: Router<WebContext>) {
        router.post("/auth") { request, context in try await logIn(try await Form(request), from: context.client.site) }
        router.post("/logout") { request, _ in await logOut(request) }
        router.get("/logout") { request, context in
            guard sites.admits(request, from: context.client) else { throw Denial.otherSite }
            return await logOut(request)
        }
        router.get("/api/sesion") { request, _ in
            do throws(SupportAuthenticationError) {
                return Response.json(.ok, LoggedIn(try await access.identity(of: request)))
            } catch {
                return Response.failure(.unauthorized, error.loginMessage)
            }
        }
    }

    private func logIn(_ form: Form, from site: String) async throws -> Response {
        guard let name = form.fields.text("user")?.trimmed, let password = form.fields.text("pass"), !name.isEmpty,
            !password.isEmpty
        else { return form.answer(.badRequest, "Introduzca su usuario y contraseña", back: "/login", pageStatus: .ok) }
        switch await accounts.logIn(String(name), password: password, from: site) {
        case .done(let account):
            return try await loggedIn(account, form)
        case .refused:
            return form.answer(
                .unauthorized, "El usuario o la contraseña son incorrectos", back: "/login", pageStatus: .ok)
        case .limited(let wait): return form.answer(retryAfter: wait, back: "/login")
        case .unavailable: return form.unavailable(back: "/login")
        }
    }

    private func loggedIn(_ account: Account, _ form: Form) async throws -> Response {
        let authenticator = access.authenticator
        let token = try await authenticator.tokens.issue(
            for: account, session: Self.loginName(), now: SupportTimestamp.now())
        let message = "Has iniciado sesión correctamente"
        var response =
            form.wantsJSON
            ? Response.json(.ok, LoggedIn(account, message: message))
            : AnswerPage([message], links: [.chat], isLoggedIn: true).response(.ok)
        response.headers[.setCookie] = authenticator.cookie.setting(token, lifetime: authenticator.tokens.lifetime)
        return response
    }

    /// Takes the cookie away; if it was valid, its token is not any more and its sockets end.
    private func logOut(_ request: Request) async -> Response {
        if let identity = try? await access.identity(of: request), let session = identity.session {
            let lifetime = Double(access.authenticator.tokens.lifetime.components.seconds)
            await accounts.revoke(session, until: identity.expiry ?? SupportTimestamp.now() + lifetime)
            endSession(session)
        }
        var response =
            Accepted(request) == .json
            ? Response.json(.ok, ["mensaje": "Sesión cerrada"]) : Response.redirect(to: "/", type: .found)
        response.headers[.setCookie] = access.authenticator.cookie.clearing
        return response
    }

    /// A name that nobody guesses: 128 random bits.
    private static func loginName() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36) }
            .joined(separator: "-")
    }
}

extension SupportAuthenticationError {
    /// What `/api/sesion` says: without a token nobody is logged in, whatever other cookies there are.
    fileprivate var loginMessage: String {
        switch self {
        case .noCookies, .noToken: "No autenticado"
        case .invalidToken: message
        }
    }
}
