import EngineServer
import HTTPTypes
import Hummingbird
import WebAPI

/// Registration (applications, B.8): `/register`. Whoever registers becomes a `user`.
struct RegistrationRoute: Sendable {
    let accounts: SupportAccounts

    private struct Registered: Encodable {
        var username: String
        var mensaje: String
    }

    func add(to router: Router<WebContext>) {
        router.post("/register") { request, context in
            let form = try await Form(request)
            do throws(RegistrationForm.Problems) {
                return await register(try RegistrationForm(form.fields), form, from: context.client.site)
            } catch {
                return form.answer(.badRequest, error.texts, back: "/registro", pageStatus: .ok)
            }
        }
    }

    private func register(_ registration: RegistrationForm, _ form: Form, from site: String) async -> Response {
        switch await accounts.register(registration, from: site) {
        case .done:
            let message = "El usuario se ha registrado correctamente"
            return form.wantsJSON
                ? .json(.created, Registered(username: registration.name, mensaje: message))
                : AnswerPage([message], links: [.logIn]).response(.ok)
        case .nameTaken: return form.answer(.conflict, "El usuario ya existe", back: "/registro", pageStatus: .ok)
        case .limited(let wait): return form.answer(retryAfter: wait, back: "/registro")
        case .unavailable: return form.unavailable(back: "/registro")
        }
    }
}
