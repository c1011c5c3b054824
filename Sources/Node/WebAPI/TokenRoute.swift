import HTTPTypes
import Hummingbird

/// What checking a token gave.
public enum TokenVerdict: Sendable, Equatable {
    /// A valid token with its claims.
    case valid(id: String?, email: String?, name: String?)
    /// Its time is over.
    case expired
    /// Malformed, or not signed by us.
    case invalid
}

/// `GET /api/verify-token`: what the stock front end of *meet* asks before it connects (applications, A.11).
///
/// The token is read from `Authorization: Bearer …`, and only if that is absent or of another kind, from
/// `x-auth-token`. Claims are answered as they stand in the token: there is no user database.
struct TokenRoute: Sendable {
    let verify: @Sendable (String) async -> TokenVerdict

    private struct Success: Encodable {
        var success = true
        var message = "Token is valid"
        var user: User
    }

    private struct User: Encodable {
        var id: String?
        var email: String?
        var name: String?
    }

    func respond(to request: Request) async -> Response {
        guard let token = token(in: request.headers) else {
            return .failure(.unauthorized, "No token provided, authorization denied")
        }
        return switch await verify(token) {
        case .valid(let id, let email, let name):
            .json(.ok, Success(user: User(id: id, email: email, name: name)))
        case .expired: .failure(.unauthorized, "Token has expired")
        case .invalid: .failure(.unauthorized, "Invalid token")
        }
    }

    private func token(in headers: HTTPFields) -> String? {
        if let value = headers[.authorization], value.hasPrefix("Bearer ") {
            let token = value.dropFirst("Bearer ".count)
            if !token.isEmpty { return String(token) }
        }
        guard let name = HTTPField.Name("x-auth-token"), let token = headers[name], !token.isEmpty else { return nil }
        return token
    }
}
