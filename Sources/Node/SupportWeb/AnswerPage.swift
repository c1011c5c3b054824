import HTTPTypes
import Hummingbird
import WebAPI

/// A page of a few lines that answers a form: it works without script, as the forms do. With script its texts appear in
/// the visitor's language: those of `Pages/support-words.js`, where Spanish sentences are keys themselves.
struct AnswerPage {
    /// A way on from the page.
    enum Link {
        case logIn
        case register
        case chat
        case back(to: String)

        fileprivate var html: String {
            switch self {
            case .logIn: Self.html("/login", "logIn", "Iniciar sesión")
            case .register: Self.html("/registro", "register", "Registrarse")
            case .chat: Self.html("/soporte", "toChat", "Ir al chat")
            case .back(let path): Self.html(path, "back", "Volver")
            }
        }

        private static func html(_ path: String, _ key: String, _ text: String) -> String {
            "<p><a href=\"\(path)\" data-text=\"\(key)\">\(text)</a></p>\n"
        }
    }

    private let lines: String
    private let links: [Link]
    private let isLoggedIn: Bool

    /// A page that says something.
    /// - Parameters:
    ///   - texts: its sentences.
    ///   - links: where it leads.
    ///   - isLoggedIn: whether it has a button to log out. Default: `false`.
    init(_ texts: [String], links: [Link], isLoggedIn: Bool = false) {
        lines = texts.map { text in
            let text = Self.escaped(text)
            return "<p role=\"alert\" data-text=\"\(text)\">\(text)</p>\n"
        }.joined()
        self.links = links
        self.isLoggedIn = isLoggedIn
    }

    /// The page of somebody who is logged in.
    /// - Parameter name: their name.
    init(greeting name: String) {
        lines = "<p><span data-text=\"hello\">Hola</span>, \(Self.escaped(name))</p>\n"
        links = [.chat]
        isLoggedIn = true
    }

    /// The page as an answer that nobody may keep.
    func response(_ status: HTTPResponse.Status) -> Response {
        let logOut = isLoggedIn ? Self.logOut : ""
        let html = Self.head + lines + links.map(\.html).joined() + logOut + "</main>\n</body>\n</html>\n"
        return .text(status, html, type: "text/html; charset=utf-8")
    }

    private static let logOut = """
        <form method="post" action="/logout">
        <button data-text="logOut">Cerrar sesión</button>
        </form>

        """

    private static let head = """
        <!doctype html>
        <html lang="es">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Switchboard: soporte</title>
        <link rel="icon" href="/resources/icon.svg">
        <link rel="stylesheet" href="/resources/page.css">
        <link rel="stylesheet" href="/resources/support.css">
        <script src="/resources/answer.js" type="module"></script>
        </head>
        <body>
        <header>
        <h1 data-text="support">Soporte</h1>
        <select id="language" aria-label="Idioma" data-label="language">
        <option value="es" lang="es">Español</option>
        <option value="en" lang="en">English</option>
        </select>
        </header>
        <main>

        """

    /// Text that HTML shows as it is, also within quotation marks.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
    }
}
