import HTTPTypes
import Hummingbird
import WebAPI

/// Refuses what pages of other sites must not do: change something, or use the interface under `/api/`.
struct SiteGuard: RouterMiddleware {
    let rule: SiteRule

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let isReading = request.method == .get || request.method == .head
        guard isReading && !request.uri.path.hasPrefix("/api/") || rule.admits(request, from: context.client) else {
            throw Denial.otherSite
        }
        return try await next(request, context)
    }
}

extension Denial {
    /// A page of another site made the request.
    static var otherSite: Denial { .json(.forbidden, "Origen no permitido") }
}
