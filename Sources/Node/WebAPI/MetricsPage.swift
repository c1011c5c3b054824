public import EngineServer
public import Figures
import NIOCore
import NIOHTTP1

/// `/metrics` on a listener of its own, which has nothing else, so that the figures need not be where clients connect.
public struct MetricsPage: EngineServer.HTTPResponder {
    private let metrics: @Sendable () -> [Metric]

    /// Describes the page.
    /// - Parameter metrics: the series now.
    public init(_ metrics: @escaping @Sendable () -> [Metric]) { self.metrics = metrics }

    /// Answers a request.
    /// - Parameter request: the request.
    /// - Returns: the series in the text format of Prometheus for `GET` and `HEAD` of `/metrics`; else 404 or 405.
    public func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        guard request.head.uri.prefix(while: { $0 != "?" }) == "/metrics" else {
            return HTTPServerResponse(status: .notFound)
        }
        guard [.GET, .HEAD].contains(request.head.method) else {
            return HTTPServerResponse(status: .methodNotAllowed)
        }
        return HTTPServerResponse(
            status: .ok, headers: ["content-type": Metric.mediaType, "cache-control": "no-store"],
            body: ByteBuffer(string: Metric.text(metrics())))
    }
}
