/// Why a request is refused. The JSON body is `{"code":<raw value>,"message":"<message>"}`.
///
/// Source: the error codes of the reference server, which clients see as the context of `connect_error`.
package enum HandshakeError: Int, Error, CaseIterable, Sendable {
    /// The `transport` item is missing or names none that is offered.
    case unknownTransport = 0
    /// No session of this id: the client opens a new one.
    case unknownSessionID = 1
    /// A session is opened with another method than GET.
    case badHandshakeMethod = 2
    /// The request does not fit the session, or breaks a rule.
    case badRequest = 3
    /// The origin may not connect.
    case forbidden = 4
    /// The `EIO` item is not 4, and sessions of revision 3 are not allowed.
    case unsupportedProtocolVersion = 5
    /// Too many handshakes from one address; the client may try again in a second (ours).
    case tooManyHandshakes = 6

    /// The reference server's text.
    package var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSessionID: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden: "Forbidden"
        case .unsupportedProtocolVersion: "Unsupported protocol version"
        case .tooManyHandshakes: "Too many handshakes"
        }
    }

    /// The HTTP status: 403 for ``forbidden``, 429 for ``tooManyHandshakes``, else 400.
    package var status: Int {
        switch self {
        case .forbidden: 403
        case .tooManyHandshakes: 429
        default: 400
        }
    }

    /// The body of the answer.
    package var json: String { json(message: message) }

    /// The body of the answer with a text of the server's own.
    /// - Parameter message: the text, in which anything may stand.
    /// - Returns: the body.
    package func json(message: String) -> String {
        var escaped = ""
        for scalar in message.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\0"..<" ":
                let hexadecimal = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return #"{"code":\#(rawValue),"message":"\#(escaped)"}"#
    }
}
