package import Hummingbird

/// The routes by which a process is watched: `/healthz`, `/readyz`, `/metrics`.
package struct OperationRoutes: Sendable {
    private let status: @Sendable () -> NodeStatus
    private let metrics: @Sendable () -> [Metric]

    /// Describes the process.
    /// - Parameters:
    ///   - status: its state now.
    ///   - metrics: its series now.
    package init(status: @escaping @Sendable () -> NodeStatus, metrics: @escaping @Sendable () -> [Metric]) {
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
        router.get("/metrics") { [metrics] _, _ in
            Response.text(.ok, Metric.text(metrics()), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
