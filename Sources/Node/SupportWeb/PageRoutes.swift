import HTTPTypes
import Hummingbird
import Support
import WebAPI

/// The pages (applications, B.8): what they show of their visitor they read from `/api/sesion` and `/api/mensajes`, so
/// that all but `/` are the same for everybody.
struct PageRoutes: Sendable {
    let access: AccessGuard

    func add(to router: Router<WebContext>) {
        router.get("/") { request, _ in await home(request) }
        router.get(RouterPath(SupportPages.chat.path)) { request, _ in try await chat(request) }
        for page in SupportPages.open {
            router.get(RouterPath(page.path)) { request, _ in page.response(to: request) }
        }
    }

    /// The chat, for those who are logged in; browsers are led to the login instead of an error.
    private func chat(_ request: Request) async throws -> Response {
        do {
            _ = try await access.account(request)
            return SupportPages.chat.response(to: request)
        } catch  where Accepted(request) == .page {
            throw Denial.redirect(to: "/login")
        }
    }

    /// The first page; who comes with a cookie that is worth nothing loses it.
    private func home(_ request: Request) async -> Response {
        do {
            let identity = try await access.identity(of: request)
            return AnswerPage(greeting: identity.name).response(.ok)
        } catch {
            var response = AnswerPage(["Debe iniciar sesión"], links: [.logIn, .register]).response(.ok)
            if case .invalidToken = error { response.headers[.setCookie] = access.authenticator.cookie.clearing }
            return response
        }
    }
}
