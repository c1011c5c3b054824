import EngineIO
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import EngineServer

/// What a hook found out.
private struct User: Sendable, Equatable {
    var name: String
}

@Suite("Hooks of requests")
struct RequestHooksTests {
    static let forbidden = #"{"code":4,"message":"Forbidden"}"#

    @Test("allowRequest sees the handshake and says why it refuses, on both transports")
    func allowRequest() async throws {
        try await TestServer.run {
            $0.hooks.allowRequest = { request in
                await Task.yield()
                guard request.cookie("token") == "secret", request.query("room") == "a b", !request.secure,
                    request.address == "127.0.0.1", request.method == .GET
                else { throw RequestRefusal("who are \"you\"?\n") }
            }
        } _: { server in
            let (client, webSocket) = (try await server.connect(), try await server.connect())
            let (polling, socket) = (TestServer.polling + "&room=a+b", TestServer.webSocket + "&room=a%20b")
            let refusal = #"{"code":4,"message":"who are \"you\"?\u000a"}"#
            let refused = try await client.exchange("GET", polling, headers: ["Cookie": "xtoken=secret; token=no"])
            #expect(refused.status == 403)
            #expect(refused.body == refusal)
            let unopened = try await webSocket.upgrade(socket)
            #expect(unopened.status == 403)
            #expect(unopened.body == refusal)
            try await webSocket.receiveEnd()
            #expect(server.engine.sessionCount == 0)
            #expect(server.engine.metrics.refused == 2)

            let cookies = ["Cookie": "a=b;  token=secret"]
            let opened = try await client.exchange("GET", polling, headers: cookies)
            // Only the handshake is asked about: what follows names the session and brings no cookie here.
            let session = TestServer.polling + "&sid=" + (try server.sessionID(opened.body))
            #expect(try await client.exchange("POST", session, body: "4hi").body == "ok")
            #expect(try await client.exchange("GET", session).body == "4hi")
            let second = try await server.connect()
            #expect(try await second.upgrade(socket, headers: cookies).status == 101)
        }
    }

    @Test("what a hook found out is part of the handshake")
    func values() async throws {
        try await TestServer.run {
            $0.hooks.use { request in
                request.values[User.self] = request.header("x-user").map(User.init)
                return nil
            }
            $0.hooks.allowRequest = { request in
                guard var user = request.values[User.self] else { throw RequestRefusal() }
                user.name += "!"
                request.values[User.self] = user
            }
            $0.hooks.initialHeaders = { headers, request in
                headers.add(name: "x-name", value: request.values[User.self]?.name ?? "")
            }
        } _: { server in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", TestServer.polling).body == Self.forbidden)
            let opened = try await client.exchange("GET", TestServer.polling, headers: ["X-User": "anna"])
            #expect(opened.headers["x-name"] == "anna!")
        }
    }

    @Test("an error that is no refusal tells the client nothing")
    func failure() async throws {
        struct Secret: Error {}
        try await TestServer.run {
            $0.hooks.use { request in
                if request.query("fail") != nil { throw Secret() }
                return nil
            }
            $0.hooks.allowRequest = { _ in throw Secret() }
        } _: { server in
            let client = try await server.connect()
            let refused = try await client.exchange("GET", TestServer.polling)
            #expect((refused.status, refused.body) == (403, Self.forbidden))
            let failed = try await client.exchange("GET", TestServer.polling + "&fail")
            #expect((failed.status, failed.body) == (400, #"{"code":3,"message":"Bad request"}"#))
        }
    }

    @Test("a hook that takes too long is cancelled and the request refused")
    func deadline() async throws {
        let cancelled = Counter()
        try await TestServer.run {
            $0.hooks.timeout = .milliseconds(20)
            $0.hooks.allowRequest = { _ in
                await untilCancelled()
                cancelled.increment()
            }
        } _: { server in
            let client = try await server.connect()
            let refused = try await client.exchange("GET", TestServer.polling)
            #expect((refused.status, refused.body) == (403, Self.forbidden))
            #expect(await eventually { cancelled.value == 1 })
            #expect(server.engine.sessionCount == 0)
        }
    }

    @Test("a client that goes away cancels the hook, and no session is opened for it")
    func clientGone() async throws {
        let (asked, cancelled) = (Counter(), Counter())
        try await TestServer.run {
            $0.hooks.allowRequest = { _ in
                asked.increment()
                await untilCancelled()
                cancelled.increment()
            }
        } _: { server in
            for target in [TestServer.polling, TestServer.webSocket] {
                let client = try await server.connect()
                client.request("GET", target, headers: target == TestServer.webSocket ? RawClient.webSocket : [:])
                let before = cancelled.value
                #expect(await eventually { asked.value == before + 1 })
                await client.close()
                #expect(await eventually { cancelled.value == before + 1 })
            }
            #expect(server.engine.metrics.opened.isEmpty)
        }
    }

    @Test("middleware runs for every request in its order, and may answer itself")
    func middleware() async throws {
        let targets = Recorder()
        try await TestServer.run {
            $0.hooks.use { request in
                targets.append("\(request.method) \(request.query("sid") == nil ? "new" : "session")")
                request.responseHeaders.add(name: "x-first", value: "1")
                request.responseHeaders.add(name: "Cache-Control", value: "public")
                return nil
            }
            $0.hooks.use { request in
                guard request.query("tea") != nil else { return nil }
                return HTTPServerResponse(
                    status: .imATeapot, headers: ["x-pot": "brown"], body: ByteBuffer(string: "short and stout"))
            }
            $0.hooks.use { request in
                targets.append("last")
                request.responseHeaders.add(name: "x-last", value: request.responseHeaders.first(name: "x-first") ?? "")
                return nil
            }
        } _: { server in
            let client = try await server.connect()
            let teapot = try await client.exchange("GET", TestServer.polling + "&tea")
            #expect((teapot.status, teapot.body) == (418, "short and stout"))
            #expect(
                (teapot.headers["x-pot"], teapot.headers["x-first"], teapot.headers["x-last"]) == ("brown", "1", nil))
            let opened = try await client.exchange("GET", TestServer.polling)
            #expect((opened.headers["x-first"], opened.headers["x-last"]) == ("1", "1"))
            #expect(opened.headers["cache-control"] == "no-store")
            let sessionID = try server.sessionID(opened.body)
            let session = TestServer.polling + "&sid=" + sessionID
            #expect(try await client.exchange("POST", session, body: "4x").headers["x-last"] == "1")
            #expect(try await client.exchange("GET", session).body == "4x")
            let unknown = try await client.exchange("GET", TestServer.polling + "&sid=unknown")
            #expect((unknown.status, unknown.headers["x-last"]) == (400, "1"))
            let upgrading = try await server.connect()
            let upgrade = try await upgrading.upgrade(TestServer.webSocket + "&sid=" + sessionID)
            #expect((upgrade.status, upgrade.headers["x-last"]) == (101, "1"))
            upgrading.sendFrame("2probe")
            #expect(try await upgrading.frame() == .text("3probe"))
            #expect(
                targets.all == [
                    "GET new", "GET new", "last", "POST session", "last", "GET session", "last", "GET session", "last",
                    "GET session", "last",
                ])
        }
    }

    @Test("a POST that middleware turns down in the middle leaves its session in order")
    func refusedPost() async throws {
        try await TestServer.run {
            $0.hooks.use { request in
                if request.header("x-no") != nil { throw RequestRefusal("no") }
                return nil
            }
        } _: { server in
            let client = try await server.connect()
            let session = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            // The body comes later than the head: the session knows of the request.
            let poster = try await server.connect()
            let consent = try await poster.exchange(
                "POST", session, headers: ["X-No": "1", "Expect": "100-continue", "Content-Length": "2"])
            #expect(consent.status == 100)
            poster.send("4a")
            let refused = try await poster.response()
            #expect((refused.status, refused.body) == (403, #"{"code":4,"message":"no"}"#))
            #expect(try await client.exchange("POST", session, body: "4b").body == "ok")
            #expect(try await client.exchange("GET", session).body == "4b")
        }
    }

    @Test("header hooks change the first and every response of a session, refusals not")
    func headers() async throws {
        try await TestServer.run {
            $0.hooks.initialHeaders = { headers, request in
                headers.add(name: "x-initial", value: request.query("transport") ?? "")
            }
            $0.hooks.headers = { headers, _ in
                headers.add(name: "x-every", value: headers.first(name: "x-initial") ?? "later")
                headers.replaceOrAdd(name: "cache-control", value: "private")
            }
        } _: { server in
            let client = try await server.connect()
            let opened = try await client.exchange("GET", TestServer.polling)
            #expect((opened.headers["x-initial"], opened.headers["x-every"]) == ("polling", "polling"))
            #expect(opened.headers["cache-control"] == "private")
            let session = TestServer.polling + "&sid=" + (try server.sessionID(opened.body))
            let post = try await client.exchange("POST", session, body: "4x")
            #expect((post.headers["x-initial"], post.headers["x-every"]) == (nil, "later"))
            #expect(try await client.exchange("GET", session + "x").headers["x-every"] == nil)
            let webSocket = try await server.connect()
            let upgraded = try await webSocket.upgrade(TestServer.webSocket)
            #expect((upgraded.headers["x-initial"], upgraded.headers["x-every"]) == ("websocket", "websocket"))
            #expect(upgraded.headers["sec-websocket-accept"] != nil)
            webSocket.sendFrame("4y")
            _ = try await webSocket.frame()
            #expect(try await webSocket.frame() == .text("4y"))
        }
    }

    @Test("fields that would break a response apart, or are the server's own, are left out")
    func injection() async throws {
        try await TestServer.run {
            $0.hooks.headers = { headers, _ in
                headers.add(name: "x-split", value: "a\r\nx-injected: 1")
                headers.add(name: "x-name\r\nx-injected", value: "1")
                headers.add(name: "two words", value: "1")
                headers.add(name: "Content-Length", value: "7")
                headers.add(name: "Sec-WebSocket-Extensions", value: "permessage-deflate")
                headers.add(name: "x-good", value: "1")
            }
        } _: { server in
            let (client, webSocket) = (try await server.connect(), try await server.connect())
            let opened = try await client.exchange("GET", TestServer.polling)
            let own: Set = ["content-type", "cache-control", "content-length", "x-good"]
            #expect(Set(opened.headers.keys) == own)
            let upgraded = try await webSocket.upgrade(TestServer.webSocket)
            #expect(
                Set(upgraded.headers.keys) == ["upgrade", "connection", "sec-websocket-accept", "x-good"])
        }
    }

    @Test("the cookie carries the session id, at the handshake only", arguments: [false, true])
    func cookie(withHooks: Bool) async throws {
        try await TestServer.run {
            $0.cookie = SessionCookie()
            if withHooks { $0.hooks.headers = { $0.add(name: "x", value: $1.target) } }
        } _: { server in
            let client = try await server.connect()
            let opened = try await client.exchange("GET", TestServer.polling)
            let sessionID = try server.sessionID(opened.body)
            #expect(opened.headers["set-cookie"] == "io=\(sessionID); Path=/; HttpOnly; SameSite=Lax")
            let session = TestServer.polling + "&sid=" + sessionID
            #expect(try await client.exchange("POST", session, body: "4x").headers["set-cookie"] == nil)
            let webSocket = try await server.connect()
            let upgraded = try await webSocket.upgrade(TestServer.webSocket)
            guard case .text(let open) = try await webSocket.frame() else { throw RawClient.Closed() }
            let cookie = "io=\(try server.sessionID(open)); Path=/; HttpOnly; SameSite=Lax"
            #expect(upgraded.headers["set-cookie"] == cookie)
            let upgrading = try await server.connect()
            let upgrade = try await upgrading.upgrade(TestServer.webSocket + "&sid=" + sessionID)
            #expect((upgrade.status, upgrade.headers["set-cookie"]) == (101, nil))
        }
    }
}

/// Waits until the task is cancelled.
private func untilCancelled() async {
    let (stream, _) = AsyncStream.makeStream(of: Never.self)
    for await _ in stream {}
}

private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increment() { count.withLock { $0 += 1 } }
}

private final class Recorder: Sendable {
    private let entries = Mutex<[String]>([])
    var all: [String] { entries.withLock { $0 } }
    func append(_ entry: String) { entries.withLock { $0.append(entry) } }
}
