package import EngineServer
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore
import NIOHTTP1

/// Answers the requests of a listener by the routes of a Hummingbird router.
package struct RoutedResponder: EngineServer.HTTPResponder {
    private let responder: RouterResponder<WebContext>
    private let trustedProxies: Int
    private let logger: Logger

    /// Takes the routes over.
    /// - Parameters:
    ///   - router: the routes, complete.
    ///   - trustedProxies: how many proxies in front are ours and write `X-Forwarded-For`. Default: 0.
    ///   - logger: for unexpected failures of a route.
    package init(_ router: Router<WebContext>, trustedProxies: Int = 0, logger: Logger) {
        responder = router.buildResponder()
        self.trustedProxies = trustedProxies
        self.logger = logger
    }

    /// Answers a request by the routes; a failure inside a route gives 500 without detail.
    /// - Parameter request: the complete request.
    /// - Returns: the complete response.
    package func respond(to request: HTTPServerRequest) async -> HTTPServerResponse {
        guard let converted = Self.convert(request) else { return HTTPServerResponse(status: .badRequest) }
        do {
            let client = request.client(trustedProxies: trustedProxies)
            let context = WebContext(source: WebContext.Source(logger: logger, client: client))
            let response = try await responder.respond(to: converted, context: context)
            return try await Self.convert(response)
        } catch let error as any HTTPResponseError {
            return HTTPServerResponse(status: HTTPResponseStatus(statusCode: error.status.code))
        } catch {
            logger.error("route failed", metadata: ["path": "\(converted.uri.path)", "error": "\(error)"])
            return HTTPServerResponse(status: .internalServerError)
        }
    }

    private static func convert(_ request: HTTPServerRequest) -> Request? {
        guard let method = HTTPRequest.Method(request.head.method.rawValue) else { return nil }
        var fields = HTTPFields()
        for (name, value) in request.head.headers {
            guard let name = HTTPField.Name(name) else { return nil }
            fields.append(HTTPField(name: name, value: value))
        }
        let head = HTTPRequest(
            method: method, scheme: request.isSecure ? "https" : "http",
            authority: request.head.headers.first(name: "host"),
            path: request.head.uri, headerFields: fields)
        return Request(head: head, body: RequestBody(buffer: request.body))
    }

    private static func convert(_ response: Response) async throws -> HTTPServerResponse {
        var headers = HTTPHeaders()
        for field in response.headers { headers.add(name: field.name.rawName, value: field.value) }
        let body = BodyCollector.Content()
        try await response.body.write(BodyCollector(content: body))
        return HTTPServerResponse(
            status: HTTPResponseStatus(statusCode: response.status.code), headers: headers, body: await body.bytes)
    }
}

/// Collects the body of a response: our answers are small and complete before the first byte leaves.
private struct BodyCollector: ResponseBodyWriter {
    actor Content {
        var bytes = ByteBuffer()
        func append(_ buffer: ByteBuffer) { bytes.writeImmutableBuffer(buffer) }
    }

    let content: Content

    func write(_ buffer: ByteBuffer) async throws {
        await content.append(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
