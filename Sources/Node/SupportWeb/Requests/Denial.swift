import HTTPTypes
import Hummingbird
import WebAPI

/// An answer that ends a request early: what a route throws instead of going on.
struct Denial: Error {
    let response: Response

    /// Denies with any answer.
    init(_ response: Response) {
        self.response = response
    }

    /// Denies with `{"error": text}`.
    static func json(_ status: HTTPResponse.Status, _ text: String) -> Denial {
        Denial(.failure(status, text))
    }

    /// Denies with a plain text.
    static func text(_ status: HTTPResponse.Status, _ text: String) -> Denial {
        Denial(.text(status, text, type: "text/plain; charset=utf-8"))
    }

    /// Denies with a plain text, or with `{"error": text}` if the client asked for JSON.
    static func negotiated(_ status: HTTPResponse.Status, _ text: String, for request: Request) -> Denial {
        Accepted(request) == .json ? .json(status, text) : .text(status, text)
    }

    /// Sends the client elsewhere.
    static func redirect(to path: String) -> Denial {
        Denial(.redirect(to: path, type: .found))
    }
}

/// Turns what routes throw into answers, below the middleware that adds headers to every answer.
struct DenialAnswers: RouterMiddleware {
    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let denial as Denial {
            return denial.response
        }
    }
}
