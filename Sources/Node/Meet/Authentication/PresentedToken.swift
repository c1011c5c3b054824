import SocketIO

/// The token that a client presents when it connects (applications, A.2.2).
///
/// `auth.token` counts; only if it is absent or empty (JavaScript's falsy values), the header `Authorization` of the
/// Engine.IO handshake. A leading `Bearer ` is removed.
enum PresentedToken: Equatable {
    /// There is none in either place.
    case absent
    /// There is something that cannot be a token.
    case unusable
    /// A token, not checked.
    case token(String)

    /// The longest token that is looked at, in bytes.
    static let sizeLimit = 8 << 10

    init(auth: Value, header: String?) {
        switch auth["token"] {
        case .none, .null, .bool(false), .int(0), .double(0), .string(""):
            self = header.map(Self.parse) ?? .absent
        case .string(let text):
            self = Self.parse(text)
        case .bool, .int, .double, .array, .object, .binary:
            self = .unusable
        }
    }

    private static func parse(_ text: String) -> PresentedToken {
        guard !text.isEmpty else { return .absent }
        guard text.utf8.count <= sizeLimit else { return .unusable }
        return .token(text.hasPrefix("Bearer ") ? String(text.dropFirst("Bearer ".count)) : text)
    }
}
