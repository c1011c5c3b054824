import NIOHTTP1
import Support
import Testing

@testable import SupportWeb

/// Login and logout (applications, B.8).
@Suite("Login and logout")
struct LoginRoutesTests {
    let site: Site

    init() async throws {
        site = await Site()
        try await site.account("Ana1")
    }

    @Test("Item 157: a login sets the cookie and answers with a page, or with JSON if asked")
    func login() async throws {
        let page = await site.post("/auth", form: "user=ana1&pass=secreto")
        #expect(page.status == 200)
        #expect(page.type == "text/html")
        #expect(page.body.contains("Has iniciado sesión correctamente"))
        let cookie = try #require(page.cookie)
        #expect(cookie.hasSuffix("; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"))
        // The name is the registered one, whatever was typed.
        let session = await site.get("/api/sesion", ["Cookie": String(cookie.prefix { $0 != ";" })])
        #expect(session.line == #"200 application/json {"name":"Sr. Ana1","role":"user","username":"Ana1"}"#)

        let json = await site.post("/auth", form: "user=Ana1&pass=secreto", json: true)
        #expect(json.body.contains(#""username":"Ana1""#))
        #expect(json.cookie != nil)
        let body = await site.send(
            .POST, "/auth", ["Content-Type": "application/json"], body: #"{"user":"Ana1","pass":"secreto"}"#)
        #expect(body.type == "application/json")
        #expect(body.status == 200)
        let secure = await Site(isSecure: true)
        try await secure.account("Ana1")
        #expect(await secure.post("/auth", form: "user=Ana1&pass=secreto").cookie?.hasSuffix("; Secure") == true)
    }

    @Test("wrong and missing credentials answer 401 and 400 in JSON, 200 as pages")
    func refusals() async throws {
        let cases = [
            ("user=Ana1&pass=otro", 401, "El usuario o la contraseña son incorrectos"),
            ("user=nadie&pass=secreto", 401, "El usuario o la contraseña son incorrectos"),
            ("user=Ana1", 400, "Introduzca su usuario y contraseña"),
            ("user=Ana1&user=Ana1&pass=secreto", 400, "Introduzca su usuario y contraseña"),
            ("", 400, "Introduzca su usuario y contraseña"),
        ]
        for (number, (form, status, text)) in cases.enumerated() {
            let json = await site.post("/auth", form: form, json: true, from: "192.0.2.\(number)")
            #expect(json.line == "\(status) application/json {\"error\":\"\(text)\"}")
            let page = await site.post("/auth", form: form, from: "192.0.2.\(number)")
            #expect(page.status == 200)
            #expect(page.body.contains(text))
            #expect(page.cookie == nil)
        }
    }

    @Test("fields of a JSON login that are no text are missing", arguments: ["1", "{}", "[\"Ana1\"]", "null", "true"])
    func types(value: String) async {
        let body = #"{"user":\#(value),"pass":"secreto"}"#
        let answer = await site.send(.POST, "/auth", ["Content-Type": "application/json"], body: body)
        #expect(answer.status == 400)
    }

    @Test("a name that cannot be one is as wrong as any other, whatever bytes it has")
    func strangeNames() async {
        for name in ["a%00b", String(repeating: "x", count: 60), "%ff%fe", "%E2%80%AE"] {
            let answer = await site.post("/auth", form: "user=\(name)&pass=x", json: true, from: name)
            #expect(answer.status == 401)
        }
    }

    @Test("a password with a NUL, or a very long one, is wrong and ends there")
    func strangePasswords() async {
        for (number, pass) in ["secreto%00x", String(repeating: "x", count: 70_000)].enumerated() {
            let form = "user=Ana1&pass=\(pass)"
            #expect(await site.post("/auth", form: form, json: true, from: "192.0.2.\(number)").status == 401)
        }
    }

    @Test("Item 158: the fourth failed login is refused, with the right password too; successes do not count")
    func limit() async {
        for _ in 1...5 { #expect(await site.post("/auth", form: "user=Ana1&pass=secreto").cookie != nil) }
        for _ in 1...3 { #expect(await site.post("/auth", form: "user=Ana1&pass=x", json: true).status == 401) }
        for pass in ["x", "secreto"] {
            let json = await site.post("/auth", form: "user=Ana1&pass=\(pass)", json: true)
            let text = "Has superado el límite de intentos. Intenta más tarde."
            #expect(json.line == "429 application/json {\"error\":\"\(text)\"}")
            #expect(json.headers.first(name: "retry-after") == "901")
            let page = await site.post("/auth", form: "user=Ana1&pass=\(pass)")
            #expect(page.status == 429)
            #expect(page.body.contains(text))
        }
        // Another address is not concerned.
        #expect(await site.post("/auth", form: "user=Ana1&pass=secreto", from: "192.0.2.9").cookie != nil)
        #expect(site.accounts.metrics.loginsLimited == 4)
        #expect(site.accounts.metrics.loginsRefused == 3)
        #expect(site.accounts.metrics.logins == 6)
    }

    @Test("failures of an account are limited over all addresses, under whatever spelling of its name")
    func accountLimit() async {
        for number in 1...10 {
            let name = number % 2 == 0 ? "ANA1" : "ana1"
            #expect(
                await site.post("/auth", form: "user=\(name)&pass=x", json: true, from: "192.0.2.\(number)").status
                    == 401)
        }
        #expect(await site.post("/auth", form: "user=Ana1&pass=secreto", from: "198.51.100.1").status == 429)
        #expect(site.limiter.keys.allSatisfy { !$0.lowercased().contains("ana1") })
    }

    @Test("addresses are counted behind trusted proxies, and IPv6 by 64 bits")
    func addresses() async throws {
        let site = await Site(trustedProxies: 1)
        func fail(_ forwarded: String) async -> Int {
            await site.post(
                "/auth", form: "user=nadie\(forwarded.count)&pass=x", json: true, ["X-Forwarded-For": forwarded]
            ).status
        }
        for host in 1...3 { #expect(await fail("203.0.113.9, 2001:db8::\(host)") == 401) }
        #expect(await fail("2001:db8::ffff") == 429)
        #expect(await fail("2001:db8:0:1::1") == 401)
    }

    @Test("what the store cannot answer is 503, never a wrong password")
    func away() async {
        site.store.isAway = true
        #expect(await site.post("/auth", form: "user=Ana1&pass=secreto", json: true).status == 503)
        #expect(await site.post("/auth", form: "user=Ana1&pass=secreto").status == 503)
    }

    @Test("Item 160: a logout clears the cookie, revokes the login and ends its sockets, and no other login")
    func logout() async throws {
        let cookie = try await site.cookie("Ana1", session: "s1")
        let other = try await site.cookie("Ana1", session: "s2")
        let answer = await site.send(.POST, "/logout", cookie)
        #expect(answer.status == 302)
        #expect(answer.headers.first(name: "location") == "/")
        #expect(answer.cookie == "token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
        #expect(site.ended.all == ["session s1"])
        #expect(await site.get("/api/sesion", cookie).line == #"401 application/json {"error":"Token inválido"}"#)
        #expect(await site.get("/api/sesion", other).status == 200)
        #expect(await site.get("/logout", other).status == 302)
        #expect(await site.get("/api/sesion", other).status == 401)
        #expect(await site.send(.POST, "/logout").cookie != nil)
        let json = await site.send(.POST, "/logout", ["Accept": "application/json"])
        #expect(json.line == #"200 application/json {"mensaje":"Sesión cerrada"}"#)
    }

    @Test("who is logged in is told to pages as JSON")
    func session() async {
        #expect(await site.get("/api/sesion").line == #"401 application/json {"error":"No autenticado"}"#)
        #expect(await site.get("/api/sesion", ["Cookie": "a=b"]).body.contains("No autenticado"))
    }
}
