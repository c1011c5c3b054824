import HTTPTypes
import Hummingbird
import NIOCore
import WebAPI

/// A form that somebody sent, and how they want to be answered.
struct Form {
    private(set) var fields = FormFields()
    /// Whether the answer is JSON; otherwise it is a page.
    let wantsJSON: Bool

    /// Longest body that is read, in bytes: listeners take no longer ones.
    private static let bodyLimit = 1 << 20

    init(_ request: Request) async throws {
        let type = request.headers[.contentType]
        let accepted = Accepted(request)
        let isJSON = type.map(HeaderValue.init)?.value.lowercased() == "application/json"
        wantsJSON = accepted == .json || (accepted == .either && isJSON)
        do {
            let body = try await request.body.collect(upTo: Self.bodyLimit)
            fields = try FormFields(body: Array(body.readableBytesView), contentType: type)
        } catch FormFields.BodyError.unsupported {
            throw Denial(answer(.unsupportedMediaType, "Tipo de contenido no admitido", back: "/"))
        } catch {
            throw Denial(answer(.badRequest, "Formulario no válido", back: "/"))
        }
    }

    /// An answer that is not what was hoped for.
    /// - Parameters:
    ///   - status: the status with JSON.
    ///   - texts: what is wrong.
    ///   - back: where the page leads.
    ///   - pageStatus: the status of the page. Default: that of JSON.
    /// - Returns: the answer.
    func answer(
        _ status: HTTPResponse.Status, _ texts: String..., back: String, pageStatus: HTTPResponse.Status? = nil
    ) -> Response {
        answer(status, texts, back: back, pageStatus: pageStatus)
    }

    /// An answer that is not what was hoped for.
    func answer(
        _ status: HTTPResponse.Status, _ texts: [String], back: String, pageStatus: HTTPResponse.Status? = nil
    ) -> Response {
        guard wantsJSON else {
            return AnswerPage(texts, links: [.back(to: back)]).response(pageStatus ?? status)
        }
        return .json(status, FormProblems(error: texts.first ?? "", errores: texts.count > 1 ? texts : nil))
    }

    /// An answer that says when to try again.
    func answer(retryAfter wait: Duration, back: String) -> Response {
        var response = answer(
            .tooManyRequests, "Has superado el límite de intentos. Intenta más tarde.", back: back)
        response.headers[.retryAfter] = String(max(1, wait.components.seconds + 1))
        return response
    }

    /// The store is away, or there is too much to do.
    func unavailable(back: String) -> Response {
        answer(.serviceUnavailable, "Servicio no disponible. Intenta más tarde.", back: back)
    }
}

/// What is wrong with a form, as JSON: the first text, and all of them if there are several.
private struct FormProblems: Encodable {
    var error: String
    var errores: [String]?
}
