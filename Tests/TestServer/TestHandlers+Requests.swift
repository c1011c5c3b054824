import EngineIO
import EngineServer
import NIOHTTP1
import SocketIO
import SocketServer

/// Who the test hooks take a client for.
private struct TestUser: Sendable {
    var name: String
}

extension RequestHooks {
    /// Hooks whose work clients can see: the item `token` of the query, or the cookie of that name, must be empty or
    /// begin with `user-`; `hang` is never decided; the item `tea` is answered by the middleware; every response has header fields.
    static var test: RequestHooks {
        var hooks = RequestHooks()
        hooks.timeout = .seconds(1)
        hooks.use { request in
            request.responseHeaders.add(name: "x-middleware", value: request.query("sid") == nil ? "new" : "session")
            guard request.query("tea") != nil else { return nil }
            return HTTPServerResponse(status: .imATeapot, headers: ["content-type": "text/plain"])
        }
        hooks.allowRequest = { request in
            guard let token = request.query("token") ?? request.cookie("token") else { return }
            if token == "hang" { try await Task.sleep(for: .seconds(60)) }
            guard token.hasPrefix("user-") else { throw RequestRefusal("token unknown") }
            request.values[TestUser.self] = TestUser(name: String(token.dropFirst(5)))
        }
        hooks.initialHeaders = { headers, request in
            headers.add(name: "set-cookie", value: "first=\(request.query("transport") ?? "")")
        }
        hooks.headers = { headers, _ in headers.add(name: "x-every", value: "1") }
        return hooks
    }
}

extension TestHandlers {
    /// What the server knows of the request that opened the session.
    func registerRequests(on namespace: Namespace) {
        namespace.on("handshake") { event in
            let handshake = event.socket.handshake
            event.acknowledge([
                "url": .string(handshake.url), "address": .string(handshake.address),
                "secure": .bool(handshake.secure), "cookie": handshake.header("cookie").map(Value.string) ?? .null,
                "user": handshake.values[TestUser.self].map { .string($0.name) } ?? .null,
            ])
        }
    }
}
