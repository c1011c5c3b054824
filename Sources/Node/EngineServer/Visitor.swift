import EngineIO
import NIOCore
import NIOHTTP1

/// A polling request in the hands of its session. It may be answered from the session's loop, wherever its connection
/// lives.
struct Visitor: Sendable {
    let exchange: Exchange
    /// Header lines of the cross-origin policy for this request.
    let crossOrigin: String

    /// Answers a GET with a payload.
    func answer(_ payload: ByteBuffer) {
        respond(.ok, "content-type: text/plain; charset=UTF-8\r\ncache-control: no-store\r\n", payload)
    }

    /// Answers a POST: its packets were taken.
    func accepted() {
        respond(.ok, "content-type: text/html\r\ncache-control: no-store\r\n", Self.ok)
    }

    /// Refuses the request with an error of the protocol.
    func refuse(_ error: HandshakeError) {
        // A bucket gets a token every second, if not sooner.
        let retry = error == .tooManyHandshakes ? "retry-after: 1\r\n" : ""
        respond(
            HTTPResponseStatus(statusCode: error.status), "content-type: application/json\r\n\(retry)",
            ByteBuffer(string: error.json))
    }

    /// Refuses a handshake for want of room.
    func refuseForWantOfRoom() {
        respond(.serviceUnavailable, "content-type: text/plain; charset=UTF-8\r\n", ByteBuffer())
    }

    private static let ok = ByteBuffer(string: "ok")

    private func respond(_ status: HTTPResponseStatus, _ fields: String, _ body: ByteBuffer) {
        exchange.respond(Response(status: status, fields: fields, moreFields: crossOrigin, body: body))
    }
}
