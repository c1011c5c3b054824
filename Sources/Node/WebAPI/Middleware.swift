import HTTPTypes
import Hummingbird

/// Applies the listener's origin policy to REST: a foreign origin gets 403, a listed one its CORS headers
/// (applications, A.2.1). Health, metrics and files have no effects and no secrets, so they answer anybody.
struct CrossOrigin: RouterMiddleware {
    let allows: @Sendable (_ origin: String, _ host: String?) -> Bool

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix("/api/"), let origin = request.headers[.origin] else {
            return try await next(request, context)
        }
        guard allows(origin, request.head.authority) else { return .failure(.forbidden, "Not allowed by CORS") }
        var response =
            request.method == .options ? Response(status: .noContent) : try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
        response.headers[.vary] = "Origin"
        if request.method == .options {
            response.headers[.accessControlAllowMethods] = "GET,POST"
            response.headers[.accessControlAllowHeaders] = "authorization,content-type,x-auth-token"
        }
        return response
    }
}

/// Headers that every answer of ours carries: nothing is guessed, framed or loaded from elsewhere.
struct SecurityHeaders: RouterMiddleware {
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = "no-referrer" }
        return response
    }
}
