import EngineServer
import HTTPTypes
package import Hummingbird

/// Applies the listener's origin policy to REST: a foreign origin gets 403, a listed one its CORS headers
/// (applications, A.2.1). Health, metrics and files have no effects and no secrets, so they answer anybody.
package struct CrossOrigin: RouterMiddleware {
    private let allows: @Sendable (_ origin: String, _ host: String?) -> Bool
    private let refusal: String

    /// Describes the policy.
    /// - Parameters:
    ///   - refusal: what a foreign origin is told. Default: `Not allowed by CORS`.
    ///   - allows: whether pages of an origin may use the interface, given the host that was asked for.
    package init(
        refusal: String = "Not allowed by CORS",
        allows: @escaping @Sendable (_ origin: String, _ host: String?) -> Bool
    ) {
        self.allows = allows
        self.refusal = refusal
    }

    /// Refuses a request, or adds the headers of the policy to its answer.
    package func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path.hasPrefix("/api/"), let origin = request.headers[.origin] else {
            return try await next(request, context)
        }
        guard allows(origin, context.client.host) else { return .failure(.forbidden, refusal) }
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
package struct SecurityHeaders: RouterMiddleware {
    private let referrer: String

    /// Describes the headers.
    /// - Parameter referrer: what other sites are told of our addresses (`Referrer-Policy`). Default: nothing, and the
    ///   pages themselves nothing either; with that, browsers send forms with `Origin: null`.
    package init(referrer: String = "no-referrer") {
        self.referrer = referrer
    }

    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    /// Adds the headers to the answer.
    package func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = referrer }
        return response
    }
}
