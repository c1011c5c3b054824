import Testing

@testable import Meet

@Suite("When the online count is told (A.8)")
final class OnlineBroadcastTests {
    private var pace = OnlineBroadcast(interval: .seconds(1))

    private func changed(now: Duration) -> OnlineBroadcast.Action { pace.changed(now: now) }

    @Test("after a quiet time at once, then once per interval")
    func coalesces() {
        #expect(changed(now: .seconds(5)) == .broadcast)
        #expect(changed(now: .seconds(5.25)) == .schedule(.seconds(0.75)))
        #expect(changed(now: .seconds(5.5)) == .none)
        #expect(changed(now: .seconds(5.75)) == .none)
        pace.intervalPassed(now: .seconds(6))
        #expect(changed(now: .seconds(6.5)) == .schedule(.seconds(0.5)))
        pace.intervalPassed(now: .seconds(7))
        #expect(changed(now: .seconds(8)) == .broadcast)
    }

    @Test("however many changes, there is one broadcast per interval, and one after the last change")
    func burst() {
        var broadcasts = 0
        var due: Duration?
        for step in 1...5_000 {
            let now = Duration.milliseconds(step)
            if let time = due, time <= now {
                pace.intervalPassed(now: now)
                broadcasts += 1
                due = nil
            }
            switch changed(now: now) {
            case .broadcast: broadcasts += 1
            case .schedule(let delay): due = now + delay
            case .none: break
            }
        }
        #expect(broadcasts == 5)
        #expect(due == .milliseconds(5_001))
    }
}
