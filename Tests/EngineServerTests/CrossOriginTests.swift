import HTTPCodec
import NIOHTTP1
import Testing

@testable import EngineServer

@Suite("Cross-origin policy")
struct CrossOriginTests {
    func decide(
        _ origins: OriginPolicy, _ headers: HTTPHeaders, method: HTTPMethod = .GET, credentials: Bool = false,
        cors: CORSOptions = CORSOptions()
    ) throws -> CrossOrigin {
        var configuration = EngineConfiguration()
        configuration.origins = origins
        configuration.credentials = credentials
        configuration.cors = cors
        return CrossOrigin(try RequestHead.read("\(method.rawValue) /", headers), configuration)
    }

    @Test("anyone may come, by name if with credentials")
    func any() throws {
        let headers: HTTPHeaders = ["origin": "https://a.example"]
        #expect(try decide(.any, headers) == .allowed(fields: "access-control-allow-origin: *\r\n"))
        #expect(
            try decide(.any, headers, credentials: true)
                == .allowed(
                    fields: "access-control-allow-origin: https://a.example\r\nvary: Origin\r\n"
                        + "access-control-allow-credentials: true\r\n"))
    }

    @Test("only those on the list may come, and the own host if that is wanted")
    func list() throws {
        let list = OriginPolicy.list(["https://a.example"])
        let fields = "access-control-allow-origin: https://A.example\r\nvary: Origin\r\n"
        #expect(try decide(list, ["origin": "https://A.example"]) == .allowed(fields: fields))
        for foreign in ["https://b.example", "http://a.example", "https://a.example:8080", "null", ""] {
            #expect(try decide(list, ["origin": foreign, "host": "b.example"]) == .forbidden)
        }
        let own: HTTPHeaders = ["origin": "http://me.example:81", "host": "me.example:81"]
        #expect(try decide(list, own) == .forbidden)
        #expect(try decide(.list(["https://a.example"], sameOrigin: true), own) != .forbidden)
        #expect(try decide(.sameOrigin, own) != .forbidden)
        #expect(try decide(.sameOrigin, ["origin": "http://me.example", "host": "me.example:81"]) == .forbidden)
    }

    @Test("requests without an origin are none of its business")
    func missing() throws {
        #expect(try decide(.list([]), [:]) == .allowed(fields: ""))
    }

    @Test("answers preflights of those who may come")
    func preflight() throws {
        let headers: HTTPHeaders = [
            "origin": "https://a.example", "access-control-request-method": "POST",
            "access-control-request-headers": "x-one, x-two",
        ]
        let fields =
            "access-control-allow-origin: *\r\naccess-control-allow-methods: GET, POST\r\n"
            + "access-control-max-age: 600\r\naccess-control-allow-headers: x-one, x-two\r\n"
        #expect(try decide(.any, headers, method: .OPTIONS) == .preflight(fields: fields))
        #expect(try decide(.list([]), headers, method: .OPTIONS) == .forbidden)
    }

    @Test("tells browsers what it is told to")
    func options() throws {
        var cors = CORSOptions()
        cors.exposedHeaders = ["x-one", "x-two"]
        let own = "access-control-allow-origin: *\r\naccess-control-expose-headers: x-one, x-two\r\n"
        #expect(try decide(.any, ["origin": "https://a.example"], cors: cors) == .allowed(fields: own))
        cors.exposedHeaders = []
        cors.methods = ["GET"]
        cors.maxAge = nil
        cors.allowedHeaders = ["x-three"]
        let headers: HTTPHeaders = [
            "origin": "https://a.example", "access-control-request-method": "POST",
            "access-control-request-headers": "x-one",
        ]
        let fields =
            "access-control-allow-origin: *\r\naccess-control-allow-methods: GET\r\n"
            + "access-control-allow-headers: x-three\r\n"
        #expect(try decide(.any, headers, method: .OPTIONS, cors: cors) == .preflight(fields: fields))
    }

    @Test("a pattern stands for the hosts under a name, and for the ports of a host")
    func patterns() {
        let policy = OriginPolicy.list(["https://*.a.example", "http://localhost:*", "http://[::1]:*"])
        for origin in [
            "https://b.a.example", "https://c.B.A.example", "http://localhost", "http://localhost:5173", "http://[::1]",
            "http://[::1]:8",
        ] {
            #expect(policy.allows(origin, host: nil), "\(origin)")
        }
        for origin in [
            "https://a.example", "https://.a.example", "http://b.a.example", "https://b.a.example:8443",
            "https://b.a.example.evil.example", "https://evil.example/.a.example", "https://evil.example#.a.example",
            "https://evil@b.a.example", "https://evila.example", "https://localhost:1", "http://localhost:1x",
            "http://localhost.evil.example:1", "https://[::1]", "null", "",
        ] {
            #expect(!policy.allows(origin, host: nil), "\(origin)")
        }
        let origins = ["https://a.example", "https://a.example:81", "https://*.a.example", "http://[::1]:*", "null"]
        #expect(origins.allSatisfy(OriginPolicy.isOrigin))
        for text in [
            "", "*", "a.example", "https://", "https://*", "https://a.*", "https://*a.example", "https://a.example/",
            "https://A.example", "https://a.example:", "https://a.example:8*", "://a.example", "https://*.*.example",
            "https://*.", "https://a b",
        ] {
            #expect(!OriginPolicy.isOrigin(text), "\(text)")
        }
    }

    @Test("a function decides by itself")
    func function() throws {
        let policy = OriginPolicy.function { $0.wholeMatch(of: /https:\/\/(a|b)\.example/) != nil }
        #expect(try decide(policy, ["origin": "https://a.example"]) != .forbidden)
        #expect(try decide(policy, ["origin": "https://c.example"]) == .forbidden)
    }

    @Test("a very long origin takes no longer than its length", .timeLimit(.minutes(1)))
    func longOrigin() {
        let policy = OriginPolicy.list(["https://*.a.example"])
        #expect(!policy.allows("https://" + String(repeating: "a.", count: 100_000), host: nil))
    }

    @Test("repeats nothing that could break the response apart")
    func injection() throws {
        #expect(try decide(.any, ["origin": "https://a\tx: y"], credentials: true) == .forbidden)
        #expect(try decide(.any, ["origin": "https://ä"], credentials: true) == .forbidden)
    }

    @Test("holds for polling and for WebSocket alike")
    func overSockets() async throws {
        try await TestServer.run(configure: { $0.origins = .list(["https://a.example"]) }) { server in
            let (client, webSocket) = (try await server.connect(), try await server.connect())
            let foreign = ["Origin": "https://evil.example"]
            let forbidden = #"{"code":4,"message":"Forbidden"}"#
            let refused = try await client.exchange("GET", TestServer.polling, headers: foreign)
            #expect(refused.status == 403)
            #expect(refused.body == forbidden)
            let unopened = try await webSocket.upgrade(TestServer.webSocket, headers: foreign)
            #expect(unopened.status == 403)
            #expect(unopened.body == forbidden)
            try await webSocket.receiveEnd()
            let listed = try await client.exchange(
                "GET", TestServer.polling, headers: ["Origin": "https://a.example"])
            #expect(listed.headers["access-control-allow-origin"] == "https://a.example")
            let preflight = try await client.exchange(
                "OPTIONS", TestServer.polling,
                headers: ["Origin": "https://a.example", "Access-Control-Request-Method": "POST"])
            #expect(preflight.status == 204)
            #expect(preflight.headers["content-length"] == nil)
            #expect(try await client.exchange("GET", TestServer.polling).status == 200)
        }
    }

    @Test("where an origin is required, it is at the handshake")
    func required() async throws {
        try await TestServer.run(configure: { $0.allowMissingOrigin = false }) { server in
            let (client, webSocket) = (try await server.connect(), try await server.connect())
            #expect(try await client.exchange("GET", TestServer.polling).status == 403)
            #expect(try await webSocket.upgrade(TestServer.webSocket).status == 403)
            let opened = try await client.exchange("GET", TestServer.polling, headers: ["Origin": "https://a.example"])
            let target = TestServer.polling + "&sid=" + (try server.sessionID(opened.body))
            #expect(try await client.exchange("POST", target, body: "4a").status == 200)
            #expect(try await client.exchange("GET", target).body == "4a")
        }
    }
}
