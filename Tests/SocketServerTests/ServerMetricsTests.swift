import Figures
import SocketIO
import SocketServer
import TestSupport
import Testing

@Suite("Figures of a server", .timeLimit(.minutes(1)))
struct ServerMetricsTests {
    private struct Broken: Error {}

    @Test("every event is counted, and every 64th, from the first on, is measured")
    func events() throws {
        let fixture = try Fixture()
        fixture.main.on("x") { event in
            guard event.arguments.isEmpty else { throw Broken() }
        }
        let client = try fixture.joined()
        for _ in 0..<65 { client.send(#"2["x"]"#) }
        client.send(#"2["x",1]"#)
        let metrics = fixture.server.metrics
        #expect(metrics.events == 66 && metrics.eventsFailed == 1)
        #expect(metrics.eventTimes.count == 2 && metrics.eventTimes.sum > 0)
    }

    @Test("handlers that await are measured to their end")
    func awaiting() async throws {
        try await LiveFixture.run { fixture in
            fixture.main.on("slow") { event in
                try await Task.sleep(for: .milliseconds(30))
                event.acknowledge()
            }
            let client = try await fixture.joined(on: 0)
            try await client.send(#"21["slow"]"#)
            #expect(try await client.next() == "31[]")
            let isMeasured = await eventually { fixture.server.metrics.eventTimes.count == 1 }
            #expect(isMeasured)
            #expect(fixture.server.metrics.eventTimes.sum >= 0.03)
        }
    }

    @Test("who is let in and who is not is counted, with the time")
    func connects() throws {
        let fixture = try Fixture()
        _ = try fixture.joined()
        _ = fixture.client("0/unknown,")
        let metrics = fixture.server.metrics
        #expect(metrics.connectTimes.count == 2 && metrics.connectsRefused == 1)
    }

    @Test("broadcasts are counted by their receivers")
    func broadcasts() throws {
        let fixture = try Fixture()
        let clients = try (0..<3).map { _ in try fixture.joined() }
        fixture.main.emit("to all")
        fixture.main.to(clients[0].id).emit("to one")
        fixture.main.to("nobody").emit("to nobody")
        let receivers = fixture.server.metrics.broadcastReceivers
        #expect(receivers.count == 3 && receivers.sum == 4)
        // 0, 1, 2 to 5
        #expect(receivers.counts.prefix(4) == [1, 1, 0, 1])
    }
}
