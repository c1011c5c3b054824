import Testing

@testable import Meet

@Suite("When the online count is told (A.8)")
final class OnlineBroadcastTests {
    private var pace = OnlineBroadcast(interval: .seconds(1))

    private func changed(to total: Int, now: Duration) -> OnlineBroadcast.Action { pace.changed(to: total, now: now) }
    private func intervalPassed(now: Duration) -> Int { pace.intervalPassed(now: now) }

    @Test("after a quiet time at once, then once per interval with the latest value")
    func coalesces() {
        #expect(changed(to: 1, now: .seconds(5)) == .broadcast(1))
        #expect(changed(to: 2, now: .seconds(5.25)) == .schedule(.seconds(0.75)))
        #expect(changed(to: 3, now: .seconds(5.5)) == .none)
        #expect(changed(to: 4, now: .seconds(5.75)) == .none)
        #expect(intervalPassed(now: .seconds(6)) == 4)
        #expect(changed(to: 5, now: .seconds(6.5)) == .schedule(.seconds(0.5)))
        #expect(intervalPassed(now: .seconds(7)) == 5)
        #expect(changed(to: 6, now: .seconds(8)) == .broadcast(6))
    }

    @Test("a change that was taken back is told all the same: somebody may have seen the value between")
    func takenBack() {
        #expect(changed(to: 5, now: .zero) == .broadcast(5))
        #expect(changed(to: 6, now: .milliseconds(10)) == .schedule(.milliseconds(990)))
        #expect(changed(to: 5, now: .milliseconds(20)) == .none)
        #expect(intervalPassed(now: .seconds(1)) == 5)
    }

    @Test("however many changes, there are at most two broadcasts per interval's boundaries")
    func burst() {
        var broadcasts: [Int] = []
        var due: Duration?
        for step in 1...5_000 {
            let now = Duration.milliseconds(step)
            if let time = due, time <= now {
                broadcasts.append(pace.intervalPassed(now: now))
                due = nil
            }
            switch pace.changed(to: step, now: now) {
            case .broadcast(let total): broadcasts.append(total)
            case .schedule(let delay): due = now + delay
            case .none: break
            }
        }
        #expect(broadcasts.count == 5)
        #expect(due != nil)
        #expect(intervalPassed(now: .seconds(6)) == 5_000)
    }
}
