import Testing

@testable import EngineIO

@Suite("Heartbeat")
struct HeartbeatTests {
    let timeout = Duration.seconds(20)

    func after(_ times: [Duration], _ heartbeat: inout Heartbeat) -> [Heartbeat.Action] {
        times.map { heartbeat.timePassed($0, timeout: timeout) }
    }

    @Test("pings after the interval and times out when no pong comes")
    func timesOut() {
        var heartbeat = Heartbeat(startedAt: .seconds(100), interval: .seconds(25))
        #expect(heartbeat.due == .seconds(125))
        let first = after([.seconds(124), .seconds(125)], &heartbeat)
        #expect(first == [.none, .ping])
        #expect(heartbeat.due == .seconds(145))
        let last = after([.seconds(144), .seconds(145)], &heartbeat)
        #expect(last == [.none, .timeout])
    }

    @Test("a pong starts the next interval; one that nobody asked for changes nothing")
    func pong() {
        var heartbeat = Heartbeat(startedAt: .zero, interval: .seconds(25))
        let unasked = heartbeat.receivedPong(.seconds(3), interval: .seconds(25))
        #expect(!unasked)
        #expect(heartbeat.due == .seconds(25))
        _ = after([.seconds(25)], &heartbeat)
        let awaited = heartbeat.receivedPong(.seconds(26), interval: .seconds(25))
        #expect(awaited)
        #expect(heartbeat.due == .seconds(51))
    }

    @Test("a small delay does not move the deadline, a long one leaves half of the time")
    func late() {
        var heartbeat = Heartbeat(startedAt: .zero, interval: .seconds(25))
        _ = after([.seconds(26)], &heartbeat)
        #expect(heartbeat.due == .seconds(45))
        var stopped = Heartbeat(startedAt: .zero, interval: .seconds(25))
        let actions = after([.seconds(500)], &stopped)
        #expect(actions == [.ping])
        #expect(stopped.due == .seconds(510))
    }
}
