import EngineIO
import HTTPCodec
import NIOCore
import NIOHTTP1

/// The opening handshake of WebSocket, server side. Source: RFC 6455, section 4.2.
enum WebSocketUpgrade {
    /// Why a handshake is refused.
    enum Refusal: Error {
        case notAHandshake
        case unsupportedVersion

        var response: Response {
            switch self {
            case .notAHandshake: Response(status: .badRequest, closes: true)
            case .unsupportedVersion:
                Response(status: .upgradeRequired, fields: "sec-websocket-version: 13\r\n", closes: true)
            }
        }
    }

    /// Whether a request asks for WebSocket, however well.
    static func isRequested(by head: RequestHead) -> Bool {
        head.namesProtocols && head.fields.lists("upgrade", "websocket") && head.fields.lists("connection", "upgrade")
    }

    /// Adds header lines to a 101 response.
    /// - Parameters:
    ///   - fields: the lines, or nothing.
    ///   - response: the complete response.
    /// - Returns: the complete response with them.
    static func adding(_ fields: String, to response: ByteBuffer) -> ByteBuffer {
        guard !fields.isEmpty else { return response }
        var response = response
        response.moveWriterIndex(to: response.writerIndex - 2)
        response.writeString(fields)
        response.writeStaticString("\r\n")
        return response
    }

    /// Looks for an acceptable offer of compression.
    /// - Parameters:
    ///   - head: the request.
    ///   - settings: what may be agreed on; nothing if `nil`.
    /// - Returns: `nil` if the connection shall not compress.
    static func agreement(_ head: RequestHead, _ settings: PerMessageDeflate?) -> DeflateAgreement? {
        guard let settings else { return nil }
        let offers = head.fields.all("sec-websocket-extensions")
        return DeflateAgreement(accepting: offers.joined(separator: ","), settings)
    }

    /// Checks a handshake.
    /// - Parameters:
    ///   - head: the request.
    ///   - agreement: what was agreed on about compression.
    /// - Returns: the complete 101 response, or why there is none.
    static func accept(_ head: RequestHead, _ agreement: DeflateAgreement?) -> Result<ByteBuffer, Refusal> {
        guard head.method == .get, head.minorVersion > 0, isRequested(by: head) else {
            return .failure(.notAHandshake)
        }
        guard head.fields.first("sec-websocket-version", is: "13") else { return .failure(.unsupportedVersion) }
        let keys = head.fields.all("sec-websocket-key")
        guard keys.count == 1, let acceptance = keys.first.flatMap(WebSocketHandshake.acceptKey) else {
            return .failure(.notAHandshake)
        }
        var response = ByteBufferAllocator().buffer(capacity: agreement == nil ? 136 : 256)
        response.writeStaticString(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ")
        response.writeString(acceptance)
        if let agreement { response.writeString("\r\nsec-websocket-extensions: \(agreement.response)") }
        response.writeStaticString("\r\n\r\n")
        return .success(response)
    }
}
