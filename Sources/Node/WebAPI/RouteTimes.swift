import CoreMetrics
import HTTPTypes
package import Hummingbird

/// Reports to swift-metrics how long each request took, as timer `switchboard.http.request.duration` with the labels
/// `route` (as it was registered; `NotFound` for what no route answers), `method` and `status`.
///
/// Hummingbird has a middleware for this; it keeps what it reports to by whatever a stranger writes as a method, for good.
/// Methods without a route are `other` here.
package struct RouteTimes: RouterMiddleware {
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// For any router.
    package init() {}

    /// Passes a request on, and reports it.
    package func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            report(request, context, response.status, since: start)
            return response
        } catch {
            report(request, context, (error as? any HTTPResponseError)?.status ?? .internalServerError, since: start)
            throw error
        }
    }

    private func report(
        _ request: Request, _ context: WebContext, _ status: HTTPResponse.Status, since start: ContinuousClock.Instant
    ) {
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "other"
        let timer = Timer(
            label: "switchboard.http.request.duration",
            dimensions: [
                ("route", context.endpointPath ?? "NotFound"), ("method", method), ("status", String(status.code)),
            ])
        timer.recordNanoseconds(Int64((ContinuousClock.now - start) / .nanoseconds(1)))
    }
}
