import EngineServer
import Figures
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import WebAPI

/// The routes, reached as the listener reaches them.
@Suite("Web API")
struct WebAPITests {
    static let status = NodeStatus(ready: true, draining: false, tag: "Ab3_x-", name: "a", sessions: 3)

    func api(
        status: NodeStatus = status, metrics: [Metric] = [], verdict: TokenVerdict = .invalid,
        bundle: ClientBundle? = nil
    ) -> WebAPI {
        WebAPI(
            WebAPI.Sources(
                status: { status }, metrics: { metrics }, verify: { $0 == "expired" ? .expired : verdict },
                allowsOrigin: { origin, host in origin == "https://ours.example" || origin == "http://\(host ?? "")" }),
            bundle: bundle, logger: Logger(label: "test"))
    }

    func get(
        _ path: String, from api: WebAPI? = nil, method: HTTPMethod = .GET, headers: HTTPHeaders = [:]
    ) async -> HTTPServerResponse {
        var all = headers
        all.add(name: "Host", value: "node:3001")
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: all)
        let api = api ?? self.api()
        return await api.respond(to: HTTPServerRequest(head: head, remoteAddress: "127.0.0.1"))
    }

    func text(_ response: HTTPServerResponse) -> String { String(buffer: response.body) }

    @Test("answers health while the process runs")
    func health() async {
        let response = await get("/healthz")
        #expect(response.status == .ok)
        #expect(text(response) == "ok\n")
    }

    @Test("answers readiness with the node's status, and 503 when it is not ready")
    func readiness() async {
        let ready = await get("/readyz")
        #expect(ready.status == .ok)
        #expect(text(ready) == #"{"draining":false,"name":"a","ready":true,"sessions":3,"tag":"Ab3_x-"}"#)
        var draining = Self.status
        draining.ready = false
        draining.draining = true
        let response = await get("/readyz", from: api(status: draining))
        #expect(response.status == .serviceUnavailable)
        #expect(text(response).contains(#""draining":true"#))
    }

    @Test("writes metrics in the Prometheus text format")
    func metrics() async {
        let series = [
            Metric("sessions", .gauge, help: "Open sessions.", samples: [.init(2, labels: [("transport", "a\"b")])]),
            Metric("load", .gauge, help: "Load.", 0.5),
        ]
        let response = await get("/metrics", from: api(metrics: series))
        #expect(response.headers.first(name: "content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(
            text(response) == """
                # HELP sessions Open sessions.
                # TYPE sessions gauge
                sessions{transport="a\\"b"} 2
                # HELP load Load.
                # TYPE load gauge
                load 0.5

                """)
    }

    @Test("verifies tokens from either header and leaves absent claims out")
    func tokens() async {
        let api = api(verdict: .valid(id: "7", email: "a@b.c", name: nil))
        let missing = await get("/api/verify-token", from: api)
        #expect(missing.status == .unauthorized)
        #expect(text(missing) == #"{"error":"No token provided, authorization denied"}"#)
        for headers: HTTPHeaders in [
            ["Authorization": "Bearer good"], ["x-auth-token": "good"],
            ["Authorization": "Basic eA==", "x-auth-token": "good"],
        ] {
            let response = await get("/api/verify-token", from: api, headers: headers)
            #expect(response.status == .ok)
            #expect(
                text(response)
                    == #"{"message":"Token is valid","success":true,"user":{"email":"a@b.c","id":"7"}}"#)
        }
        let expired = await get("/api/verify-token", from: api, headers: ["Authorization": "Bearer expired"])
        #expect(text(expired) == #"{"error":"Token has expired"}"#)
        let invalid = await get("/api/verify-token", headers: ["Authorization": "Bearer x"])
        #expect(invalid.status == .unauthorized)
        #expect(text(invalid) == #"{"error":"Invalid token"}"#)
    }

    @Test("refuses foreign origins on the REST interface and gives listed ones their headers")
    func origins() async {
        let foreign = await get("/api/verify-token", headers: ["Origin": "https://evil.example"])
        #expect(foreign.status == .forbidden)
        #expect(text(foreign) == #"{"error":"Not allowed by CORS"}"#)
        for origin in ["https://ours.example", "http://node:3001"] {
            let response = await get("/api/verify-token", headers: ["Origin": origin])
            #expect(response.status == .unauthorized)
            #expect(response.headers.first(name: "access-control-allow-origin") == origin)
            #expect(response.headers.first(name: "access-control-allow-credentials") == "true")
        }
        let preflight = await get(
            "/api/verify-token", method: .OPTIONS, headers: ["Origin": "https://ours.example"])
        #expect(preflight.status == .noContent)
        #expect(preflight.headers.first(name: "access-control-allow-headers")?.contains("x-auth-token") == true)
    }

    @Test("serves the page with a strict policy, and nothing again that the browser has")
    func page() async {
        for (path, type) in [
            ("/", "text/html"), ("/resources/meet.js", "text/javascript"), ("/resources/page.css", "text/css"),
            ("/resources/icon.svg", "image/svg+xml"),
        ] {
            let response = await get(path)
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "content-type")?.hasPrefix(type) == true)
            #expect(response.headers.first(name: "content-security-policy") == SecurityHeaders.policy)
            #expect(response.headers.first(name: "x-content-type-options") == "nosniff")
            let tag = response.headers.first(name: "etag") ?? ""
            let again = await get(path, headers: ["If-None-Match": tag])
            #expect(again.status == .notModified)
            #expect(again.body.readableBytes == 0)
        }
    }

    @Test("the page names only files that are served, and holds no script or style of its own")
    func resources() async {
        let page = text(await get("/"))
        let own = page.matches(of: /(?:src|href)="(\/resources\/[^"]+)"/).map { String($0.output.1) }
        #expect(own.count >= 4)
        for path in own { #expect(await get(path).status == .ok, "\(path)") }
        for path in own where path.hasSuffix(".js") {
            let imports = text(await get(path)).matches(of: /from "\.\/([^"]+)"/).map { String($0.output.1) }
            for file in imports { #expect(await get("/resources/\(file)").status == .ok, "\(file) of \(path)") }
        }
        #expect(!page.contains(/<style|style=|<script>|\son[a-z]+=/))
    }

    @Test("serves the stock client where pages look for it, if there is one")
    func bundle() async {
        let bundle = ClientBundle(content: ByteBuffer(string: "io"))
        for path in ["/socket.io/socket.io.js", "/socket.io/socket.io.min.js"] {
            let response = await get(path, from: api(bundle: bundle))
            #expect(text(response) == "io")
            #expect(await get(path).status == .notFound)
        }
        #expect(throws: ClientBundle.LoadError.self) { try ClientBundle(path: "/nonexistent/socket.io.js") }
        #expect(throws: ClientBundle.LoadError.self) { try ClientBundle(path: "/dev/null") }
    }

    @Test("answers unknown paths, methods and fields with the right status")
    func unknown() async {
        #expect(await get("/nowhere").status == .notFound)
        #expect(await get("/healthz", method: .DELETE).status == .notFound)
        #expect(await get("/%zz/../..//").status == .notFound)
    }
}
