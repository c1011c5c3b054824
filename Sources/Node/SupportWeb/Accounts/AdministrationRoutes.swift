import HTTPTypes
import Hummingbird
import Support
import WebAPI

/// What administrators do to accounts: `/api/usuarios/{name}/rol` and `/api/usuarios/{name}`. The sockets of the account
/// end on every node, so that nobody goes on with what they were.
struct AdministrationRoutes: Sendable {
    let accounts: SupportAccounts
    let access: AccessGuard
    let endSessions: @Sendable (_ account: String) -> Void

    func add(to router: Router<WebContext>) {
        router.post("/api/usuarios/:name/rol") { request, context in
            _ = try await access.administrator(request)
            let form = try await Form(request)
            guard let role = form.fields.text("rol").flatMap(Account.Role.init) else {
                throw Denial.json(.badRequest, "El rol debe ser admin o user")
            }
            let name = try account(await accounts.setRole(role, of: Self.name(context)))
            return Response.json(.ok, ["username": name, "role": role.rawValue])
        }
        router.delete("/api/usuarios/:name") { request, context in
            _ = try await access.administrator(request)
            _ = try account(await accounts.remove(Self.name(context)))
            return Response(status: .noContent)
        }
    }

    /// Ends the sockets of an account that was changed.
    private func account(_ change: SupportAccounts.Change) throws -> String {
        switch change {
        case .done(let account):
            endSessions(account)
            return account
        case .unknown: throw Denial.json(.notFound, "El usuario no existe")
        case .isDesk: throw Denial.json(.conflict, "La cuenta de soporte no se puede cambiar")
        case .unavailable: throw Denial.json(.serviceUnavailable, "Servicio no disponible. Intenta más tarde.")
        }
    }

    private static func name(_ context: WebContext) -> String {
        let text = context.parameters.get("name") ?? ""
        return String(decoding: FormFields.percentDecoded(Array(text.utf8)), as: UTF8.self)
    }
}
