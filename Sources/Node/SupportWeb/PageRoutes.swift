import HTTPTypes
import Hummingbird
import Support
import WebAPI

/// The pages (applications, B.8): what they show of their visitor they read from `/api/sesion` and `/api/mensajes`, so
/// that all but `/` are the same for everybody.
struct PageRoutes: Sendable {
    let access: AccessGuard

    private static let files = [
        Page("/login", file: "login.html", PackageResources.login_html),
        Page("/registro", file: "registro.html", PackageResources.registro_html),
        Page("/api-docs", file: "api-docs.html", PackageResources.api_docs_html),
        Page("/resources/api-docs.js", file: "api-docs.js", PackageResources.api_docs_js),
        Page("/api-docs/openapi.json", file: "openapi.json", PackageResources.openapi_json),
    ]

    func add(to router: Router<WebContext>) {
        router.get("/") { request, _ in await home(request) }
        for page in Self.files {
            router.get(RouterPath(page.path)) { request, _ in page.response(to: request) }
        }
    }

    /// The first page; who comes with a cookie that is worth nothing loses it.
    private func home(_ request: Request) async -> Response {
        do {
            let identity = try await access.identity(of: request)
            return AnswerPage([identity.name], links: [("Chat de soporte", "/soporte")], isLoggedIn: true).response(.ok)
        } catch {
            let links = [("Iniciar sesión", "/login"), ("Registrarse", "/registro")]
            var response = AnswerPage(["Debe iniciar sesión"], links: links).response(.ok)
            if case .invalidToken = error { response.headers[.setCookie] = access.authenticator.cookie.clearing }
            return response
        }
    }
}
