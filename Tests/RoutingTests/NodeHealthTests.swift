import Routing
import Testing

@Suite("The health of a node")
struct NodeHealthTests {
    private let ready = ProbeReport(isReady: true, tag: "AAAAAA", sessions: 3)

    private func health(_ report: ProbeReport) -> NodeHealth {
        var health = NodeHealth(threshold: 2)
        _ = health.answered(report)
        return health
    }

    @Test("begins unknown and is what the first report says")
    func firstReport() {
        var health = NodeHealth(threshold: 2)
        #expect(health.state == .unknown)
        #expect(!health.isAlive)
        #expect(health.answered(ready) == .appeared)
        #expect(health.state == .healthy)
        #expect(health.isAlive)
    }

    @Test("a node that is not ready or drains is alive and keeps its sessions")
    func aliveButNotTaking() {
        var health = health(ready)
        #expect(health.answered(ProbeReport(isReady: false, tag: "AAAAAA")) == .none)
        #expect(health.state == .unready)
        #expect(health.isAlive)
        #expect(health.answered(ProbeReport(isReady: true, isDraining: true, tag: "AAAAAA")) == .none)
        #expect(health.state == .draining)
        #expect(health.isAlive)
    }

    @Test("one failed probe is forgiven, as many as the threshold in a row are not")
    func threshold() {
        var health = health(ready)
        #expect(health.failed() == .none)
        #expect(health.answered(ready) == .none)
        #expect(health.failed() == .none)
        #expect(health.state == .healthy)
        #expect(health.failed() == .died)
        #expect(health.state == .unhealthy)
        #expect(health.failed() == .none)
        #expect(health.failures == 3)
    }

    @Test("a refused connection counts at once")
    func refused() {
        var health = health(ready)
        #expect(health.refused() == .died)
        #expect(health.refused() == .none)
        #expect(!health.isAlive)
    }

    @Test("a node that never answered is unhealthy after one probe, so that the start waits for nobody twice")
    func firstProbeFails() {
        var health = NodeHealth(threshold: 5)
        #expect(health.failed() == .none)
        #expect(health.state == .unhealthy)
    }

    @Test("another tag means another incarnation")
    func restarted() {
        var health = health(ready)
        #expect(health.answered(ProbeReport(isReady: true, tag: "BBBBBB")) == .restarted)
        #expect(health.state == .healthy)
    }

    @Test("a node that comes back appears again, with whatever tag")
    func returned() {
        var health = health(ready)
        _ = health.refused()
        #expect(health.answered(ready) == .appeared)
        #expect(health.failures == 0)
    }

    @Test("numbers that no node can have are brought into range")
    func range() {
        #expect(ProbeReport(isReady: true, tag: nil, sessions: .max).sessions == 1_000_000_000)
        #expect(ProbeReport(isReady: true, tag: nil, sessions: -1).sessions == 0)
    }
}
