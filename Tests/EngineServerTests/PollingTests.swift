import EngineServer
import Testing

@Suite("Polling over sockets")
struct PollingTests {
    @Test("opens a session with the documented packet and headers")
    func opens() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let response = try await client.exchange("GET", TestServer.polling)
            let sid = try server.sessionID(response.body)
            #expect(
                response.body
                    == #"0{"sid":"\#(sid)","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
            )
            #expect(sid.hasPrefix("TESTABA") && sid.count == 23)
            #expect(response.headers["content-type"] == "text/plain; charset=UTF-8")
            #expect(response.headers["cache-control"] == "no-store")
            #expect(server.engine.sessionCount == 1)
        }
    }

    @Test("echoes text and binary packets in one payload, in order", arguments: [1, 2])
    func echo(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, post) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(get))
            let sent = try await post.exchange("POST", target, body: "4a\u{1E}bAQIDBA==\u{1E}4ä")
            #expect(sent.status == 200)
            #expect(sent.body == "ok")
            #expect(sent.headers["content-type"] == "text/html")
            #expect(try await get.exchange("GET", target).body == "4a\u{1E}bAQIDBA==\u{1E}4ä")
        }
    }

    @Test("answers a pending poll with everything of one request", arguments: [1, 2])
    func pending(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, post) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(get))
            try await get.beginPoll(target)
            #expect(try await post.exchange("POST", target, body: "4a\u{1E}4b").status == 200)
            #expect(try await get.response().body == "4a\u{1E}4b")
        }
    }

    @Test("ends the session upon an invalid packet", arguments: ["abc", "4a\u{1E}", "bAAA"])
    func invalid(body: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            #expect(try await client.exchange("POST", target, body: body).status == 400)
            #expect(await server.reports.next() == "opened from 127.0.0.1")
            #expect(await server.reports.next() == "closed: parse error")
            let gone = try await client.exchange("GET", target)
            #expect(gone.status == 400)
            #expect(gone.body == #"{"code":1,"message":"Session ID unknown"}"#)
        }
    }

    @Test("refuses a second poll and ends the session", arguments: [1, 2])
    func overlap(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (first, second) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(first))
            first.request("GET", target)
            second.request("GET", target)
            // Either may arrive first.
            let answers = [try await first.response(), try await second.response()].sorted { $0.status < $1.status }
            #expect(answers.map(\.status) == [200, 400])
            #expect(answers.first?.body == "1")
            #expect(try await second.exchange("GET", target).status == 400)
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport error")
        }
    }

    @Test("ends the session when the client gives up its poll", arguments: [1, 2])
    func aborted(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (get, other) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(get))
            try await get.beginPoll(target)
            await get.close()
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport close")
            #expect(try await other.exchange("GET", target).status == 400)
        }
    }

    @Test(
        "ends the session when the connection of a poll ends with the answer and no other poll comes",
        arguments: [1, 2])
    func missed(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let post = try await server.connect()
            let (polling, lost) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(polling))
            _ = await server.reports.next()
            let lostTarget = TestServer.polling + "&sid=" + (try await server.openPolling(lost))
            _ = await server.reports.next()
            for (client, target) in [(polling, target), (lost, lostTarget)] {
                try await client.beginPoll(target)
                _ = try await post.exchange("POST", target, body: "4a")
                #expect(try await client.response().body == "4a")
                await client.close()
            }
            let again = try await server.connect()
            try await again.beginPoll(target)
            #expect(await server.reports.next() == "closed: transport close")
            #expect(try await post.exchange("GET", lostTarget).status == 400)
            // The other goes on.
            _ = try await post.exchange("POST", target, body: "4b")
            #expect(try await again.response().body == "4b")
        }
    }

    @Test("ends the session on the packet 1; the pending poll gets a noop")
    func closedByClient() async throws {
        try await TestServer.run { server in
            let (get, post) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(get))
            try await get.beginPoll(target)
            #expect(try await post.exchange("POST", target, body: "1").body == "ok")
            #expect(try await get.response().body == "6")
            #expect(try await post.exchange("GET", target).status == 400)
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport close")
        }
    }

    @Test("tells a closed session's client with the packet 1, at the next poll if none is pending")
    func closedByServer() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            #expect(try await client.exchange("POST", target, body: "4a\u{1E}4close\u{1E}4b").body == "ok")
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: forced server close")
            #expect(server.engine.sessionCount == 0)
            #expect(try await client.exchange("POST", target, body: "4c").body == "ok")
            #expect(try await client.exchange("GET", target).body == "4a\u{1E}1")
            #expect(try await client.exchange("GET", target).status == 400)
        }
    }

    @Test("refuses a second post while one is being read, and ends the session", arguments: [1, 2])
    func postOverlap(loops: Int) async throws {
        try await TestServer.run(loops: loops) { server in
            let (first, second) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(first))
            // The consent to the body tells that the head has been read.
            first.request("POST", target, headers: ["Expect": "100-continue", "Content-Length": "3"])
            #expect(try await first.response().status == 100)
            var answers: [Int] = []
            // On another loop the news of the first may come a moment later than the second.
            while answers.last != 400 {
                answers.append(try await second.exchange("POST", target, body: "4b").status)
            }
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport error")
            first.send("4ab")
            #expect(try await first.response().status == 400)
        }
    }

    @Test("a post that ends its session answers the poll before it, on the same connection")
    func postBehindPoll() async throws {
        try await TestServer.run { server in
            let (first, second) = (try await server.connect(), try await server.connect())
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(first))
            first.request("POST", target, headers: ["Expect": "100-continue", "Content-Length": "3"])
            #expect(try await first.response().status == 100)
            try await second.beginPoll(target)
            second.request("POST", target, headers: ["Content-Length": "3"])
            #expect(try await second.response().body == "1")
            second.send("4ab")
            #expect(try await second.response().status == 400)
        }
    }

    @Test("ends the session when the client gives up a post in the middle, not when we refuse it")
    func postAborted() async throws {
        try await TestServer.run(configure: { $0.maxPayload = 10 }) { server in
            let (first, second, third) = (
                try await server.connect(), try await server.connect(), try await server.connect()
            )
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(third))
            first.send("POST \(target) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n")
            first.send("Expect: 100-continue\r\n\r\n")
            #expect(try await first.response().status == 100)
            first.send("b\r\n4aaaaaaaaaa\r\n")
            #expect(try await first.response().status == 413)
            #expect(try await third.exchange("POST", target, body: "4a").status == 200)
            second.request("POST", target, headers: ["Expect": "100-continue", "Content-Length": "3"])
            #expect(try await second.response().status == 100)
            await second.close()
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: transport error")
        }
    }

    @Test("pings a pending poll and goes on after the pong")
    func heartbeat() async throws {
        try await TestServer.run(configure: { $0.pingInterval = .milliseconds(30) }) { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            for _ in 0..<3 {
                #expect(try await client.exchange("GET", target).body == "2")
                #expect(try await client.exchange("POST", target, body: "3").body == "ok")
            }
        }
    }

    @Test("ends the session when no pong comes")
    func pingTimeout() async throws {
        try await TestServer.run(configure: {
            $0.pingInterval = .milliseconds(30)
            $0.pingTimeout = .milliseconds(30)
        }) { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: ping timeout")
            #expect(try await client.exchange("GET", target).status == 400)
        }
    }

    @Test("ends the session when what is queued for its polls goes over the limit")
    func slowConsumer() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            #expect(try await client.exchange("POST", target, body: "4flood").body == "ok")
            _ = await server.reports.next()
            #expect(await server.reports.next() == "closed: slow consumer")
            #expect(try await client.exchange("GET", target).status == 400)
        }
    }

    @Test("refuses payloads that are too long or of another type")
    func payloads() async throws {
        try await TestServer.run(configure: { $0.maxPayload = 10 }) { server in
            let client = try await server.connect()
            let target = TestServer.polling + "&sid=" + (try await server.openPolling(client))
            #expect(try await client.exchange("POST", target, body: "4123456789").status == 200)
            #expect(try await client.exchange("POST", target, body: "41234567890").status == 413)
            try await client.receiveEnd()
            let other = try await server.connect()
            #expect(try await other.exchange("GET", target).body == "4123456789")
            let octets = ["Content-Type": "application/octet-stream"]
            #expect(try await other.exchange("POST", target, headers: octets, body: "4a").status == 400)
            #expect(try await other.exchange("GET", target).status == 400)
        }
    }
}
