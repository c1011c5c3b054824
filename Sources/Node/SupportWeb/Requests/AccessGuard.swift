import HTTPTypes
import Hummingbird
import Support
import WebAPI

/// Lets in whom the token of a request allows, and answers everybody else in the words of the table of applications, B.7.
/// Who asks for JSON is never sent to a page.
struct AccessGuard: Sendable {
    let authenticator: SupportAuthenticator
    let style: GuardStyle

    /// Who a request comes from.
    func identity(of request: Request) async throws(SupportAuthenticationError) -> SupportIdentity {
        let cookies = request.headers[values: .cookie].joined(separator: "; ")
        return try await authenticator.identify(cookies: cookies)
    }

    /// Lets in administrators.
    func administrator(_ request: Request) async throws -> SupportIdentity {
        let identity: SupportIdentity
        do {
            identity = try await self.identity(of: request)
        } catch {
            switch error {
            case .noCookies, .noToken: throw withoutToken(.json(.forbidden, "Acceso denegado"), request)
            case .invalidToken(.token(.role)): throw notAdministrator
            case .invalidToken: throw Denial.json(.forbidden, "Token inválido")
            }
        }
        guard identity.role == .admin else { throw notAdministrator }
        return identity
    }

    /// Lets in every account.
    func account(_ request: Request) async throws -> SupportIdentity {
        do {
            return try await identity(of: request)
        } catch {
            switch (error, style) {
            case (.noCookies, _), (.noToken, _):
                throw withoutToken(.negotiated(.unauthorized, "No autenticado", for: request), request)
            case (.invalidToken(.token(.noUser)), _): throw Denial.json(.forbidden, "No autorizado")
            case (.invalidToken, .json): throw Denial.negotiated(.forbidden, "Token inválido", for: request)
            case (.invalidToken, .redirect): throw Denial.json(.forbidden, "Token inválido")
            }
        }
    }

    private func withoutToken(_ denial: Denial, _ request: Request) -> Denial {
        style == .redirect && Accepted(request) != .json ? .redirect(to: "/login") : denial
    }

    private var notAdministrator: Denial {
        .json(.forbidden, style == .json ? "Acceso solo para administradores" : "Acceso denegado")
    }
}
