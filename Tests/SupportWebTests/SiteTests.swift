import EngineServer
import NIOCore
import NIOHTTP1
import Support
import Testing

@testable import SupportWeb
@testable import WebAPI

/// Pages, other sites, and what strangers send.
@Suite("Support's site")
struct SiteTests {
    @Test("Item 156: the first page is 200 with any cookie, and one that is worth nothing is cleared")
    func home() async throws {
        let site = await Site()
        try await site.account("Ana1")
        let out = await site.get("/")
        #expect(out.status == 200)
        #expect(out.body.contains("Debe iniciar sesión"))
        #expect(out.cookie == nil)
        for cookie: HTTPHeaders in [["Cookie": "token=x"], try await site.cookie("Ana1", now: 1_000)] {
            let bad = await site.get("/", cookie)
            #expect(bad.status == 200)
            #expect(bad.body.contains("Debe iniciar sesión"))
            #expect(bad.cookie?.hasPrefix("token=; Max-Age=0") == true)
        }
        #expect(await site.get("/", try await site.cookie("Ana1")).body.contains("Sr. Ana1"))
    }

    @Test("names on pages are text")
    func escaping() async throws {
        let site = await Site()
        try await site.account("<b>'\"&")
        let page = await site.get("/", try await site.cookie("<b>'\"&"))
        #expect(page.body.contains("Sr. &lt;b&gt;&#39;&quot;&amp;"))
    }

    @Test("pages come with a strict policy, and with a referrer policy that keeps the origin of their forms")
    func headers() async {
        let site = await Site()
        for path in ["/", "/login", "/registro", "/api-docs", "/api/sesion"] {
            let answer = await site.get(path)
            #expect(answer.headers.first(name: "content-security-policy")?.contains("default-src 'none'") == true)
            #expect(answer.headers.first(name: "referrer-policy") == "same-origin")
            #expect(answer.headers.first(name: "x-content-type-options") == "nosniff")
        }
    }

    @Test("Item 161: the stock client is served")
    func bundle() async {
        let site = await Site(bundle: ClientBundle(content: ByteBuffer(string: "io")))
        #expect(await site.get("/socket.io/socket.io.js").line == "200 text/javascript io")
    }

    @Test("a page of another site changes nothing and reads nothing")
    func otherSites() async throws {
        let site = await Site()
        try await site.account("Ana1")
        let foreign: [HTTPHeaders] = [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
            ["Sec-Fetch-Site": "same-site"], ["Referer": "https://evil.example/page"], ["Referer": "garbage"],
        ]
        for headers in foreign {
            let all = try await site.cookie("Ana1").adding(headers)
            for path in ["/auth", "/register", "/logout"] {
                let answer = await site.post(path, form: "user=Ana1&pass=secreto", all)
                #expect(answer.line == #"403 application/json {"error":"Origen no permitido"}"#)
                #expect(answer.cookie == nil)
            }
            #expect(await site.get("/logout", all).status == 403)
            #expect(await site.get("/api/mensajes/mios", all).status == 403)
            #expect(await site.get("/", all).status == 200)
        }
        #expect(site.ended.all.isEmpty)
        let own: [HTTPHeaders] = [
            ["Origin": "http://node:3000"], ["Sec-Fetch-Site": "same-origin", "Origin": "null"],
            ["Sec-Fetch-Site": "none"], ["Referer": "http://node:3000/login?x=/"], ["Origin": "https://listed.example"],
            ["Sec-Fetch-Site": "cross-site", "Origin": "https://listed.example"],
        ]
        for headers in own {
            #expect(await site.post("/auth", form: "user=Ana1&pass=secreto", headers).cookie != nil)
        }
    }

    @Test("the documentation's routes are those that are served")
    func documentation() async throws {
        let site = await Site()
        let document = await site.get("/api-docs/openapi.json")
        #expect(document.type == "application/json")
        #expect(document.body.contains(#""openapi": "3.0.3""#))
        for path in ["/api/mensajes", "/api/mensajes/mios", "/api/usuarios-conversaciones", "/auth", "/register"] {
            #expect(document.body.contains("\"\(path)\": {"))
        }
        #expect(await site.get("/resources/api-docs.js").type == "text/javascript")
    }

    @Test("health, readiness and metrics answer as on every listener")
    func operation() async {
        let site = await Site()
        #expect(await site.get("/healthz").body == "ok\n")
        #expect(await site.get("/readyz").body.contains(#""ready":true"#))
        #expect(await site.get("/metrics").status == 200)
        #expect(await site.send(.HEAD, "/login").status == 200)
    }

    /// Texts that break readers: of headers, queries, forms and names.
    static let hostile = [
        "", "=", "&", ";", "%", "%zz", "%00", "\"", "\\", "token=", "token==;;token", "a\u{7f}", "é\u{202e}", "💥",
        "--", "\r\n", "{\"a\":", "[[[[[[", "' OR 1=1 --", "..%2f..%2f", String(repeating: "a=", count: 5_000),
        String(repeating: "[", count: 5_000), String(repeating: "%ff", count: 3_000), "9999999999999999999999",
    ]

    @Test("no input gives 500")
    func fuzz() async throws {
        let site = await Site()
        try await site.account("jefa", .admin)
        let admin = try await site.cookie("jefa", .admin)
        let types = [
            "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b",
            "multipart/form-data; boundary=\"", "multipart/form-data", "; ; =", "",
        ]
        let paths = ["/auth", "/register", "/logout", "/api/usuarios/x/rol", "/api/mensajes", "/soporte"]
        for text in Self.hostile {
            for (number, path) in paths.enumerated() {
                for (index, type) in types.enumerated() {
                    let headers = admin.adding(["Content-Type": type, "Accept": text, "X-Forwarded-For": text])
                    let body = index == 2 ? "--b\r\n\(text)\r\n\r\n\(text)\r\n--b--" : text
                    let answer = await site.send(.POST, path, headers, body: body, from: "192.0.2.\(number)")
                    #expect(answer.status < 500, "\(path) \(type) \(text)")
                }
            }
            let encoded = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            for query in [encoded.prefix(9_000), text.filter { $0.isASCII && !$0.isWhitespace }.prefix(9_000)] {
                for path in [
                    "/api/mensajes?con=", "/api/mensajes/mios?desde=", "/api/mensajes/mios?limite=", "/?",
                    "/api/usuarios/",
                ] {
                    let answer = await site.get("\(path)\(query)", admin)
                    #expect(answer.status < 500, "\(path) \(text)")
                }
                #expect(await site.send(.DELETE, "/api/usuarios/\(query)", admin).status < 500)
                #expect(await site.get("/api/mensajes/mios", ["Cookie": String(query)]).status < 500)
            }
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
