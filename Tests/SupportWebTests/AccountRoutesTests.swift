import NIOHTTP1
import Support
import Testing

@testable import SupportWeb

/// Registration and administration of accounts (applications, B.8).
@Suite("Accounts")
struct AccountRoutesTests {
    let site: Site

    init() async throws {
        site = await Site()
        try await site.account("admin", .admin)
        try await site.account("jefa", .admin)
        try await site.account("Ana1")
    }

    static let form = "user=Eva1&name=Eva+P%C3%A9rez&pass=secreto&email=eva%40example.org&edad=33"

    @Test("Item 159: a registration makes a user, whatever role it asks for")
    func register() async throws {
        let page = await site.post("/register", form: Self.form + "&rol=admin")
        #expect(page.status == 200)
        #expect(page.body.contains("El usuario se ha registrado correctamente"))
        let account = try #require(await site.store.account(named: "Eva1"))
        #expect(account.role == .user)
        #expect(account.displayName == "Eva Pérez")
        #expect(account.passwordHash.hasPrefix("$2b$04$"))
        #expect(await site.post("/auth", form: "user=Eva1&pass=secreto").cookie != nil)
        let json = await site.post("/register", form: Self.form.replacing("Eva1", with: "Eva2"), json: true)
        let text = "El usuario se ha registrado correctamente"
        #expect(json.line == "201 application/json {\"mensaje\":\"\(text)\",\"username\":\"Eva2\"}")
        #expect(site.accounts.metrics.registrations == 2)
    }

    @Test("Item 159: a taken name answers 409 or a page, in other letters too; nobody takes the desk's name")
    func duplicate() async {
        for name in ["Ana1", "aNA1", "ADMIN"] {
            let form = Self.form.replacing("Eva1", with: name)
            let json = await site.post("/register", form: form, json: true)
            // "admin" has five letters: long enough.
            #expect(json.line == #"409 application/json {"error":"El usuario ya existe"}"#)
            let page = await site.post("/register", form: form)
            #expect(page.status == 200)
            #expect(page.body.contains("El usuario ya existe"))
        }
    }

    @Test("every rule has its text, and all that are broken are told")
    func validation() async {
        let json = await site.post("/register", form: "rol=admin", json: true)
        let texts = [
            "El usuario debe tener al menos 4 caracteres", "El nombre debe tener al menos 4 caracteres",
            "La contraseña debe tener al menos 4 caracteres", "El email no es valido", "La edad debe ser un número",
        ]
        let list = texts.map { "\"\($0)\"" }.joined(separator: ",")
        #expect(json.line == "400 application/json {\"error\":\"\(texts[0])\",\"errores\":[\(list)]}")
        let page = await site.post("/register", form: "")
        #expect(page.status == 200)
        for text in texts { #expect(page.body.contains(text)) }
    }

    @Test(
        "single fields are refused one by one",
        arguments: [
            ("user", "abc", "El usuario debe tener al menos 4 caracteres"),
            ("user", String(repeating: "u", count: 51), "El usuario debe tener como máximo 50 caracteres"),
            ("user", "ab%0Acd", "El usuario tiene caracteres no permitidos"),
            ("user", "ab%E2%80%AEcd", "El usuario tiene caracteres no permitidos"),
            ("name", String(repeating: "n", count: 101), "El nombre debe tener como máximo 100 caracteres"),
            ("pass", String(repeating: "%C3%B1", count: 37), "La contraseña debe tener como máximo 72 bytes"),
            ("pass", "abcd%00", "La contraseña tiene caracteres no permitidos"),
            ("email", "eva", "El email no es valido"), ("email", "eva@", "El email no es valido"),
            ("email", "e va@example.org", "El email no es valido"), ("email", "a@b@c.d", "El email no es valido"),
            ("edad", "", "La edad debe ser un número"), ("edad", "0x1", "La edad debe ser un número"),
            ("edad", "inf", "La edad debe ser un número"), ("edad", "--3", "La edad debe ser un número"),
        ])
    func field(name: String, value: String, text: String) async {
        var fields = ["user": "Eva1", "name": "Eva Pérez", "pass": "secreto", "email": "eva@example.org", "edad": "33"]
        fields[name] = value
        let form = fields.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        let answer = await site.post("/register", form: form, json: true)
        #expect(answer.line == "400 application/json {\"error\":\"\(text)\"}")
    }

    @Test("a form with a file is read, and the file is not")
    func multipart() async throws {
        let parts = [
            "name=\"user\"\r\n\r\nEva1", "name=\"name\"\r\n\r\nEva Pérez", "name=\"pass\"\r\n\r\nsecreto",
            "name=\"email\"\r\n\r\neva@example.org", "name=\"edad\"\r\n\r\n33",
            "name=\"profileImage\"; filename=\"yo.png\"\r\nContent-Type: image/png\r\n\r\n\u{89}PNG\r\n--x\r\n",
        ]
        let body = parts.map { "--limit\r\nContent-Disposition: form-data; \($0)\r\n" }.joined() + "--limit--\r\n"
        let answer = await site.send(
            .POST, "/register", ["Content-Type": "multipart/form-data; boundary=limit", "Accept": "application/json"],
            body: body)
        #expect(answer.status == 201)
        #expect(try await site.store.account(named: "Eva1")?.displayName == "Eva Pérez")
    }

    @Test("JSON is read, with the age as a number; other types are refused")
    func json() async {
        let object = #"{"user":"Eva1","name":"Eva Pérez","pass":"secreto","email":"eva@example.org","edad":33}"#
        let good = await site.send(
            .POST, "/register", ["Content-Type": "application/json; charset=utf-8"], body: object)
        #expect(good.status == 201)
        for body in ["", "[]", "{", "null", #"{"user":"#] {
            #expect(await site.send(.POST, "/register", ["Content-Type": "application/json"], body: body).status == 400)
        }
        let xml = await site.send(.POST, "/register", ["Content-Type": "text/xml"], body: "<a/>")
        #expect(xml.status == 415)
    }

    @Test("Item 123: a role that is changed and an account that is removed end the account's sockets")
    func administration() async throws {
        let admin = try await site.cookie("jefa", .admin)
        let ana = try await site.cookie("Ana1")
        let json: HTTPHeaders = ["Content-Type": "application/json"]
        let promoted = await site.send(.POST, "/api/usuarios/ana1/rol", json.adding(admin), body: #"{"rol":"admin"}"#)
        #expect(promoted.line == #"200 application/json {"role":"admin","username":"Ana1"}"#)
        #expect(await site.get("/api/sesion", ana).body.contains("Token inválido"))
        let removed = await site.send(.DELETE, "/api/usuarios/Ana1", admin)
        #expect(removed.status == 204)
        #expect(site.ended.all == ["account Ana1", "account Ana1"])
        #expect(await site.send(.DELETE, "/api/usuarios/Ana1", admin).status == 404)
        for body in ["", "{}", #"{"rol":"jefe"}"#, #"{"rol":["admin"]}"#] {
            #expect(await site.send(.POST, "/api/usuarios/jefa/rol", json.adding(admin), body: body).status == 400)
        }
    }

    @Test("only administrators change accounts, and nobody the desk's")
    func administratorsOnly() async throws {
        let user = try await site.cookie("Ana1")
        #expect(await site.send(.DELETE, "/api/usuarios/jefa", user).status == 403)
        #expect(await site.post("/api/usuarios/Ana1/rol", form: "rol=admin", user).status == 403)
        #expect(await site.send(.DELETE, "/api/usuarios/jefa").status == 403)
        let admin = try await site.cookie("jefa", .admin)
        #expect(await site.send(.DELETE, "/api/usuarios/Admin", admin).status == 409)
        #expect(await site.post("/api/usuarios/admin/rol", form: "rol=user", admin).status == 409)
        #expect(site.ended.all.isEmpty)
    }

    @Test("names in paths are decoded")
    func paths() async throws {
        try await site.account("a/b c")
        let answer = await site.send(.DELETE, "/api/usuarios/a%2Fb%20c", try await site.cookie("jefa", .admin))
        #expect(answer.status == 204)
        #expect(site.ended.all == ["account a/b c"])
    }

    @Test("the desk's account is made once, from a password that can be one")
    func desk() async throws {
        let site = await Site()
        #expect(try await site.accounts.ensureDesk(password: nil) == .missing)
        await #expect(throws: SupportAccounts.DeskError.password) {
            try await site.accounts.ensureDesk(password: "abc")
        }
        #expect(try await site.accounts.ensureDesk(password: "secreto") == .created)
        #expect(try await site.accounts.ensureDesk(password: "otra clave") == .present)
        let login = await site.post("/auth", form: "user=admin&pass=secreto", json: true)
        #expect(login.body.contains(#""role":"admin""#))
        _ = try await site.store.setRole(.user, of: "admin")
        #expect(try await site.accounts.ensureDesk(password: "secreto") == .notAdministrator)
        site.store.isAway = true
        await #expect(throws: SupportAccounts.DeskError.unavailable) {
            try await site.accounts.ensureDesk(password: "secreto")
        }
    }
}

extension HTTPHeaders {
    fileprivate func adding(_ other: HTTPHeaders) -> HTTPHeaders {
        var all = self
        all.add(contentsOf: other)
        return all
    }
}
