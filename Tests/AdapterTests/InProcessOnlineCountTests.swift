import Adapter
import TestSupport
import Testing

@Suite struct InProcessOnlineCountTests {
    @Test("changes are reported in order and the total is never negative")
    func changes() {
        let count = InProcessOnlineCount()
        let totals = Recorder<Int>()
        count.add(1)
        count.start { totals.record($0) }
        count.add(1)
        count.add(-3)
        #expect(count.current == 0)
        count.add(2)
        #expect(totals.all == [2, 0, 1])
    }

    @Test("the last report has the final value, whoever changes it")
    func concurrent() async {
        let count = InProcessOnlineCount()
        let totals = Recorder<Int>()
        count.start { totals.record($0) }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { count.add(1) } }
        }
        #expect(count.current == 100)
        #expect(await eventually { totals.all.last == 100 })
    }
}
