import HTTPTypes
import Hummingbird
import WebAPI

/// A page of a few lines that answers a form: it works without script, as the forms do.
struct AnswerPage {
    private let texts: [String]
    private let links: [(text: String, path: String)]
    private let isLoggedIn: Bool

    /// Describes a page.
    /// - Parameters:
    ///   - texts: its lines.
    ///   - links: where it leads.
    ///   - isLoggedIn: whether it has a button to log out. Default: `false`.
    init(_ texts: [String], links: [(String, String)], isLoggedIn: Bool = false) {
        self.texts = texts
        self.links = links
        self.isLoggedIn = isLoggedIn
    }

    /// The page as an answer that nobody may keep.
    func response(_ status: HTTPResponse.Status) -> Response {
        .text(status, html, type: "text/html; charset=utf-8")
    }

    private var html: String {
        let lines = texts.map { "<p role=\"alert\">\(Self.escaped($0))</p>\n" }.joined()
        let links = links.map { "<p><a href=\"\($0.path)\">\(Self.escaped($0.text))</a></p>\n" }.joined()
        let logout = "<form method=\"post\" action=\"/logout\"><button>Cerrar sesión</button></form>\n"
        return """
            <!doctype html>
            <html lang="es">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Soporte</title>
            <link rel="stylesheet" href="/resources/page.css">
            </head>
            <body>
            <main>
            <h1>Soporte</h1>
            \(lines)\(links)\(isLoggedIn ? logout : "")</main>
            </body>
            </html>

            """
    }

    /// Text that HTML shows as it is.
    static func escaped(_ text: String) -> String {
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
