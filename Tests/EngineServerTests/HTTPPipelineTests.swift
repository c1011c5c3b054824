import NIOCore
import TestSupport
import Testing

@testable import EngineServer

@Suite("Engines in the connections of another server", .timeLimit(.minutes(1)))
struct HTTPPipelineTests {
    @Test("requests of both take turns on one connection, in their order also when pipelined")
    func turns() async throws {
        try await OtherServer.run { server, _, events in
            let client = try await server.connect()
            client.request("GET", "/a")
            client.request("GET", TestServer.polling)
            client.request("POST", "/b", body: "two")
            client.request("GET", TestServer.polling)
            client.request("PUT", "/c")
            #expect(try await client.response().body == "GET /a ")
            _ = try server.sessionID(try await client.response().body)
            #expect(try await client.response().body == "POST /b two")
            _ = try server.sessionID(try await client.response().body)
            #expect(try await client.response().body == "PUT /c ")
            #expect(events.all == ["GET /a", "POST /b", "PUT /c"])
        }
    }

    @Test("what is pipelined behind a pending poll waits for its answer, and so does a poll behind the other server")
    func waiting() async throws {
        try await OtherServer.run { server, _, events in
            let (client, poster) = (try await server.connect(), try await server.connect())
            let session = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            try await client.beginPoll(session)
            client.request("POST", "/after", body: "poll")
            #expect(try await poster.exchange("POST", session, body: "4hi").body == "ok")
            #expect(try await client.response().body == "4hi")
            #expect(try await client.response().body == "POST /after poll")

            client.request("POST", "/stream", headers: ["Transfer-Encoding": "chunked"])
            client.send("1\r\nx\r\n")
            try await client.receive(upTo: "1\r\nx\r\n")
            client.send("0\r\n\r\n")
            client.request("GET", session)
            try await client.receive(upTo: "0\r\n\r\n")
            #expect(try await poster.exchange("POST", session, body: "4ho").body == "ok")
            #expect(try await client.response().body == "4ho")
            #expect(events.all == ["POST /after", "POST /stream"])
        }
    }

    @Test("bodies of any length go through as they come")
    func streaming() async throws {
        var limits = HTTPLimits()
        limits.maxBodyBytes = 99
        try await OtherServer.run(limits: limits) { server, _, _ in
            let client = try await server.connect()
            let piece = String(repeating: "x", count: 100)
            client.request("POST", "/stream", headers: ["Content-Length": "300", "Expect": "100-continue"])
            #expect(try await client.response().status == 100)
            try await client.receive(upTo: "transfer-encoding: chunked\r\n\r\n")
            for _ in 1...3 {
                client.send(piece)
                try await client.receive(upTo: "64\r\n\(piece)\r\n")
            }
            try await client.receive(upTo: "0\r\n\r\n")
            // One that has to wait is bounded. It comes with the poll, so that it is there before the poll is answered.
            let session = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            client.send(
                "GET \(session) HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n"
                    + "POST /b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n\(piece)")
            #expect(try await client.response().status == 100)
            let poster = try await server.connect()
            #expect(try await poster.exchange("POST", session, body: "4hi").body == "ok")
            #expect(try await client.response().body == "4hi")
            #expect(try await client.response().status == 413)
            try await client.receiveEnd()
        }
    }

    @Test("a connection ends where its client or the protocol says so")
    func closing() async throws {
        try await OtherServer.run { server, _, _ in
            let closing = try await server.connect()
            let last = try await closing.exchange("GET", "/a", headers: ["Connection": "close"])
            #expect(last.headers["connection"] == "close")
            #expect(try await closing.receiveEnd() == "")
            let old = try await server.connect()
            old.send("GET /stream HTTP/1.0\r\n\r\n")
            let answer = try await old.receiveEnd()
            #expect(answer.hasPrefix("HTTP/1.0 200 OK\r\n") && !answer.contains("chunked"))
            let malformed = try await server.connect()
            malformed.send("GET /a HTTP/1.1\r\n\r\n")
            #expect(try await malformed.response().status == 400)
            try await malformed.receiveEnd()
        }
    }

    @Test("an answer before the end of the body leaves the connection in order")
    func earlyAnswer() async throws {
        try await OtherServer.run { server, _, _ in
            let client = try await server.connect()
            client.request("POST", "/early", headers: ["Content-Length": "4"])
            #expect(try await client.response().status == 413)
            client.send("abcd")
            #expect(try await client.exchange("GET", "/next").body == "GET /next ")
            client.request("POST", "/early", headers: ["Content-Length": "4", "Connection": "close"])
            #expect(try await client.response().status == 413)
            try await client.receiveEnd()
        }
    }

    @Test("a body that is malformed is the other server's to refuse, and nothing behind it is read")
    func malformedBody() async throws {
        try await OtherServer.run { server, _, events in
            for target in ["/a", "/stream"] {
                let client = try await server.connect()
                client.request("POST", target, headers: ["Transfer-Encoding": "chunked"])
                client.send("1\r\nx\r\nnonsense\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
                if target == "/a" { #expect(try await client.response().status == 400) }
                if target == "/stream" {
                    #expect(await eventually { events.all.last == "error" })
                    await client.close()
                } else {
                    try await client.receiveEnd()
                }
            }
            #expect(await eventually { events.all == ["error", "inactive", "error", "inactive"] })
        }
    }

    @Test("the other server learns that its client has gone, in the middle of a body and before an answer")
    func clientGone() async throws {
        try await OtherServer.run { server, _, events in
            let (reading, answering) = (try await server.connect(), try await server.connect())
            reading.request("POST", "/stream", headers: ["Content-Length": "4"])
            try await reading.receive(upTo: "\r\n\r\n")
            await reading.close()
            #expect(await eventually { events.all == ["error", "inactive"] })
            answering.request("GET", "/silent")
            #expect(await eventually { events.all.last == "GET /silent" })
            await answering.close()
            #expect(await eventually { events.all.last == "inactive" })
        }
    }

    @Test("a body that stalls is cut, an answer that takes its time is not")
    func deadlines() async throws {
        var limits = HTTPLimits()
        limits.bodyTimeout = .milliseconds(50)
        limits.keepAliveTimeout = .milliseconds(50)
        try await OtherServer.run(limits: limits) { server, _, events in
            let answering = try await server.connect()
            answering.request("GET", "/silent")
            let reading = try await server.connect()
            reading.request("POST", "/stream", headers: ["Content-Length": "4"])
            try await reading.receive(upTo: "\r\n\r\n")
            reading.send("ab")
            try await reading.receiveEnd()
            #expect(await eventually { events.all == ["GET /silent", "error", "inactive"] })
        }
    }

    @Test("a connection that served both becomes a WebSocket")
    func upgrade() async throws {
        try await OtherServer.run { server, _, _ in
            let client = try await server.connect()
            #expect(try await client.exchange("GET", "/a").body == "GET /a ")
            #expect(try await client.upgrade(TestServer.webSocket).status == 101)
            _ = try await client.frame()
            client.sendFrame("4hello")
            #expect(try await client.frame() == .text("4hello"))
            // Another protocol than ours is the other server's affair, and the last on its connection.
            let foreign = try await server.connect()
            #expect(try await foreign.upgrade("/b").body == "GET /b ")
            try await foreign.receiveEnd()
        }
    }

    @Test("when the server stops accepting, sessions are closed and what is under way is finished")
    func ending() async throws {
        var limits = HTTPLimits()
        limits.shutdownTimeout = .milliseconds(200)
        try await OtherServer.run(limits: limits) { server, end, events in
            let (streaming, stuck, idle) = (
                try await server.connect(), try await server.connect(), try await server.connect()
            )
            let webSocket = try await server.openWebSocket()
            _ = try await server.openPolling(idle)
            #expect(await server.reports.next() == "opened from 127.0.0.1")
            #expect(await server.reports.next() == "opened from 127.0.0.1")
            stuck.request("GET", "/silent")
            streaming.request("POST", "/stream", headers: ["Content-Length": "4"])
            try await streaming.receive(upTo: "\r\n\r\n")
            await end()
            for _ in 1...2 { #expect(await server.reports.next() == "closed: server shutting down") }
            try await idle.receiveEnd()
            streaming.send("abcd")
            try await streaming.receive(upTo: "0\r\n\r\n")
            try await webSocket.receiveEnd()
            try await stuck.receiveEnd()
            #expect(events.all.contains("POST /stream"))
        }
    }
}

extension RawClient {
    /// Takes everything up to the end of a text off the front of what arrived.
    fileprivate func receive(upTo end: String) async throws {
        try await receive { bytes -> Void? in
            let text = String(buffer: bytes)
            guard let range = text.firstRange(of: end) else { return nil }
            bytes.moveReaderIndex(forwardBy: text[..<range.upperBound].utf8.count)
            return ()
        }
    }
}
