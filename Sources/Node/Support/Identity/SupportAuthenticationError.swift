/// Why somebody is not let in, as clients are told: the three texts of the original, in the order in which they are
/// looked for (applications, B.3). Socket and HTTP interface give the same.
public enum SupportAuthenticationError: Error, Sendable, Equatable {
    /// There is no header `Cookie`, or an empty one: `No autenticado`.
    case noCookies
    /// The header has no token: `Token no proporcionado`.
    case noToken
    /// The token is not valid, or not any more: `Token inválido`.
    case invalidToken(Reason)

    /// Why a token is not valid.
    public enum Reason: Sendable, Equatable {
        /// It is not by itself.
        case token(SupportTokens.Failure)
        /// Its login was ended (logout).
        case ended
        /// Its account was removed.
        case noAccount
        /// Its account has another role by now.
        case otherRole
        /// It is of another account than the connection that it shall restore.
        case otherAccount
    }

    /// What the client sees, as `connect_error.message` for example.
    public var message: String {
        switch self {
        case .noCookies: "No autenticado"
        case .noToken: "Token no proporcionado"
        case .invalidToken: "Token inválido"
        }
    }

    /// Everything that clients may see.
    public static let messages = [noCookies, noToken, invalidToken(.ended)].map(\.message)

    /// The line of the original server's log.
    var line: String {
        switch self {
        case .noCookies: "❌ No hay cookies en la conexión de socket"
        case .noToken: "❌ No se encontró el token en las cookies"
        case .invalidToken(let reason): "❌ Token inválido: \(reason.text)"
        }
    }
}

extension SupportAuthenticationError.Reason {
    /// One line for the log; where the original has a text, that.
    var text: String {
        switch self {
        case .token(.malformed): "jwt malformed"
        case .token(.signature): "invalid signature"
        case .token(.expired): "jwt expired"
        case .token(.time): "jwt not active"
        case .token(.noUser): "claim user missing"
        case .token(.role): "claim rol invalid"
        case .ended: "session ended"
        case .noAccount: "account removed"
        case .otherRole: "role changed"
        case .otherAccount: "other account"
        }
    }
}
