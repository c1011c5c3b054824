package import Figures
package import Hummingbird

/// The routes by which a process is watched: `/healthz`, `/readyz`, `/metrics`.
package struct OperationRoutes: Sendable {
    private let status: @Sendable () -> NodeStatus
    private let metrics: (@Sendable () -> [Metric])?

    /// Describes the process.
    /// - Parameters:
    ///   - status: its state now.
    ///   - metrics: its series now; `nil` if `/metrics` is elsewhere.
    package init(status: @escaping @Sendable () -> NodeStatus, metrics: (@Sendable () -> [Metric])?) {
        self.status = status
        self.metrics = metrics
    }

    /// Adds the routes.
    /// - Parameter router: where to.
    package func add(to router: Router<WebContext>) {
        router.get("/healthz") { _, _ in Response.text(.ok, "ok\n", type: "text/plain; charset=utf-8") }
        router.get("/readyz") { [status] _, _ in
            let status = status()
            return Response.json(status.ready ? .ok : .serviceUnavailable, status)
        }
        guard let metrics else { return }
        router.get("/metrics") { _, _ in Response.text(.ok, Metric.text(metrics()), type: Metric.mediaType) }
    }
}
