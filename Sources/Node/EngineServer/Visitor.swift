import EngineIO
import NIOCore
import NIOHTTP1

/// A polling request in the hands of its session. It may be answered from the session's loop, wherever its connection
/// lives.
struct Visitor: Sendable {
    let exchange: Exchange
    /// Header lines of the cross-origin policy for this request.
    let crossOrigin: String
    /// The `Accept-Encoding` fields of the request, if answers are compressed at all. Few are: read when needed.
    let acceptedCodings: [String]
    /// The request as the engine's hooks left it; `nil` if there are none.
    var hooked: HookedRequest?
    /// When the request arrived, of one that hooks see: a handshake may have waited for them.
    var arrived: Duration?

    /// Answers a GET with a payload.
    /// - Parameters:
    ///   - payload: the body.
    ///   - type: what the body is.
    ///   - more: header lines that go with it.
    func answer(_ payload: consuming ByteBuffer, _ type: PayloadType, fields more: String = "") {
        respondOfSession(more.isEmpty ? type.fields : type.fields + more, payload)
    }

    /// Answers a POST: its packets were taken.
    func accepted() {
        respondOfSession("content-type: text/html\r\ncache-control: no-store\r\n", Self.ok)
    }

    /// Refuses the request with an error of the protocol.
    /// - Parameters:
    ///   - error: the error.
    ///   - message: the text that the client gets. Default: the error's own.
    func refuse(_ error: HandshakeError, message: String? = nil) {
        // A bucket gets a token every second, if not sooner.
        let retry = error == .tooManyHandshakes ? "retry-after: 1\r\n" : ""
        respond(
            HTTPResponseStatus(statusCode: error.status), "content-type: application/json\r\n\(retry)",
            ByteBuffer(string: message.map(error.json) ?? error.json))
    }

    /// Refuses a handshake for want of room.
    func refuseForWantOfRoom() {
        respond(.serviceUnavailable, "content-type: text/plain; charset=UTF-8\r\n", ByteBuffer())
    }

    private static let ok = ByteBuffer(string: "ok")

    private func respondOfSession(_ fields: String, _ body: consuming ByteBuffer) {
        guard let hooked else {
            return exchange.respond(
                Response(status: .ok, fields: fields, moreFields: crossOrigin, body: consume body))
        }
        exchange.respond(Response(status: .ok, fields: hooked.sessionFields(fields + crossOrigin), body: body))
    }

    private func respond(_ status: HTTPResponseStatus, _ fields: String, _ body: ByteBuffer) {
        guard let hooked else {
            return exchange.respond(Response(status: status, fields: fields, moreFields: crossOrigin, body: body))
        }
        exchange.respond(Response(status: status, fields: hooked.fields(fields + crossOrigin), body: body))
    }
}

extension PayloadType {
    /// The header lines of an answer with such a payload.
    fileprivate var fields: String {
        switch self {
        case .text: "content-type: text/plain; charset=UTF-8\r\ncache-control: no-store\r\n"
        case .binary: "content-type: application/octet-stream\r\ncache-control: no-store\r\n"
        case .script: "content-type: text/javascript; charset=UTF-8\r\ncache-control: no-store\r\n"
        }
    }
}
