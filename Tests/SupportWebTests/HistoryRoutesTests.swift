import NIOHTTP1
import Support
import Testing

@testable import SupportWeb

/// The message interface: both tables of applications, B.7.
@Suite("Message interface")
struct HistoryRoutesTests {
    let site: Site

    init() async throws {
        site = await Site()
        try await site.account("admin", .admin)
        try await site.account("Ana1")
        try await site.account("Eva1")
    }

    func say(_ sender: String, _ recipient: String, _ text: String) async throws {
        _ = try await site.store.append(MessageDraft(from: sender, to: recipient, text: text))
    }

    static let administrative = ["/api/mensajes?con=Ana1", "/api/usuarios-conversaciones"]

    @Test("Item 150: without a usable token administrators' routes answer 403", arguments: administrative)
    func administratorGuard(path: String) async throws {
        for headers: HTTPHeaders in [[:], ["Cookie": ""], ["Cookie": "token="], ["Cookie": "xtoken=a"]] {
            #expect(await site.get(path, headers).line == #"403 application/json {"error":"Acceso denegado"}"#)
        }
        let old = try await site.cookie("admin", .admin, now: 1_000_000)
        for headers: HTTPHeaders in [["Cookie": "token=garbage"], old] {
            #expect(await site.get(path, headers).line == #"403 application/json {"error":"Token inválido"}"#)
        }
        let user = try await site.cookie("Ana1")
        #expect(
            await site.get(path, user).line == #"403 application/json {"error":"Acceso solo para administradores"}"#)
    }

    @Test("Item 150: without a usable token one's own messages answer in text, or in JSON if asked")
    func accountGuard() async throws {
        let path = "/api/mensajes/mios"
        #expect(await site.get(path).line == "401 text/plain No autenticado")
        #expect(await site.get(path, ["Cookie": "token=garbage"]).line == "403 text/plain Token inválido")
        let json = await site.get(path, ["Accept": "application/json"])
        #expect(json.line == #"401 application/json {"error":"No autenticado"}"#)
        // A valid signature that names nobody.
        let nobody = await site.get(path, try await site.cookie(""))
        #expect(nobody.line == #"403 application/json {"error":"No autorizado"}"#)
    }

    @Test("Item 150: a failing store answers 500 with the text of each route")
    func storeFailures() async throws {
        let admin = try await site.cookie("admin", .admin)
        site.store.isAway = true
        let answers = [
            ("/api/mensajes?con=Ana1", "Error al obtener mensajes"), ("/api/mensajes/mios", "Error interno"),
            ("/api/usuarios-conversaciones", "Error interno"),
        ]
        for (path, text) in answers {
            #expect(await site.get(path, admin).line == #"500 application/json {"error":"\#(text)"}"#)
        }
    }

    @Test("Items 150 and 152: con must come once and not be empty; it is decoded")
    func parameterCon() async throws {
        let admin = try await site.cookie("admin", .admin)
        try await site.account("José Luis")
        try await say("José Luis", "admin", "hola")
        for query in ["", "?con=", "?con", "?con=a&con=b", "?con[]=a"] {
            let answer = await site.get("/api/mensajes\(query)", admin)
            #expect(answer.line == #"400 application/json {"error":"Falta el parámetro ?con=usuario"}"#)
        }
        for query in ["?con=Jos%C3%A9+Luis", "?x=1&con=Jos%C3%A9%20Luis", "?con=jos%c3%a9%20luis"] {
            #expect(await site.get("/api/mensajes\(query)", admin).body.contains("hola"))
        }
        #expect(await site.get("/api/mensajes?con=nadie", admin).line == "200 application/json []")
    }

    @Test("Items 151 and 152: messages come in both directions, oldest first, with id and ISO date")
    func rows() async throws {
        try await say("Ana1", "admin", "uno")
        try await say("Eva1", "admin", "de otra")
        try await say("admin", "Ana1", "<b>dos</b>")
        let expected = """
            200 application/json [\
            {"de_usuario":"Ana1","fecha":"2023-11-14T22:13:20.000Z","id":1,"mensaje":"uno","para_usuario":"admin"},\
            {"de_usuario":"admin","fecha":"2023-11-14T22:13:20.002Z","id":3,"mensaje":"<b>dos</b>","para_usuario":"Ana1"}]
            """
        #expect(await site.get("/api/mensajes/mios", try await site.cookie("Ana1")).line == expected)
        #expect(await site.get("/api/mensajes?con=Ana1", try await site.cookie("admin", .admin)).line == expected)
    }

    @Test("Item 153: conversations are names without repetition and without administrators")
    func conversations() async throws {
        try await say("Ana1", "admin", "1")
        try await say("Ana1", "admin", "2")
        try await say("admin", "Eva1", "3")
        let answer = await site.get("/api/usuarios-conversaciones", try await site.cookie("admin", .admin))
        #expect(answer.line == #"200 application/json ["Eva1","Ana1"]"#)
    }

    /// Follows `X-Siguiente` until there is no more.
    func pages(_ first: String, _ cursor: String, _ meanwhile: () async throws -> Void = {}) async throws -> [[String]]
    {
        let cookie = try await site.cookie("Ana1")
        var pages: [[String]] = []
        var query: String? = first
        while let next = query, pages.count < 10 {
            let answer = await site.get("/api/mensajes/mios?limite=3&\(next)", cookie)
            pages.append(answer.body.matches(of: /"mensaje":"(\d+)"/).map { String($0.output.1) })
            query = answer.headers.first(name: "X-Siguiente").map { "\(cursor)=\($0)" }
            try await meanwhile()
        }
        return pages
    }

    @Test("Item 154: cursors page in both directions without gaps or repeats while rows arrive")
    func cursors() async throws {
        for number in 1...7 { try await say("Ana1", "admin", "\(number)") }
        var added = 7
        let forwards = try await pages("desde=0", "desde") {
            guard added < 9 else { return }
            added += 1
            try await say("Ana1", "admin", "\(added)")
        }
        #expect(forwards == [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]])
        let backwards = try await pages("hasta=8", "hasta") { try await say("Ana1", "admin", "99") }
        #expect(backwards == [["6", "7", "8"], ["3", "4", "5"], ["1", "2"]])
    }

    @Test("Item 154: without a cursor the newest 1,000 come, and the way to the rest")
    func newest() async throws {
        for number in 1...1_001 { try await say("Ana1", "admin", "\(number)") }
        let cookie = try await site.cookie("Ana1")
        for query in ["", "?limite=5000", "?limite=9223372036854775807"] {
            let answer = await site.get("/api/mensajes/mios\(query)", cookie)
            #expect(answer.body.matches(of: /"id":(\d+)/).count == 1_000)
            #expect(answer.body.contains(#""id":2,"#))
            #expect(answer.headers.first(name: "X-Siguiente") == "1")
        }
        for query in [
            "?limite=0", "?limite=x", "?desde=-1", "?hasta=1.5", "?desde=1&desde=2", "?hasta=99999999999999999999",
        ] {
            #expect(await site.get("/api/mensajes/mios\(query)", cookie).status == 400)
        }
    }

    @Test("with the guards of the later version who has no token is sent to the login")
    func redirects() async throws {
        let site = await Site(guardStyle: .redirect)
        try await site.account("Ana1")
        for path in ["/api/mensajes?con=a", "/api/mensajes/mios", "/api/usuarios-conversaciones"] {
            let answer = await site.get(path)
            #expect(answer.status == 302)
            #expect(answer.headers.first(name: "location") == "/login")
            let bad = await site.get(path, ["Cookie": "token=x"])
            #expect(bad.line == #"403 application/json {"error":"Token inválido"}"#)
        }
        let user = await site.get("/api/mensajes?con=a", try await site.cookie("Ana1"))
        #expect(user.line == #"403 application/json {"error":"Acceso denegado"}"#)
        let program = await site.get("/api/mensajes/mios", ["Accept": "application/json"])
        #expect(program.line == #"401 application/json {"error":"No autenticado"}"#)
    }
}
