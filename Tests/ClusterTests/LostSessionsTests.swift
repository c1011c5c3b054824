import Cluster
import SocketIO
import Testing

@Suite("Lost sessions")
struct LostSessionsTests {
    var lost = LostSessions(limit: 3)

    func session(_ pid: String) -> RecoverableSession {
        RecoverableSession(id: "id of \(pid)", pid: pid, namespace: "/", rooms: [], data: [:], start: "")
    }

    @Test("a session is found until its deadline")
    mutating func deadline() {
        #expect(lost.insert(session("a"), until: .seconds(5)) == [])
        #expect(lost.session("a", at: .seconds(4)) == session("a"))
        #expect(lost.session("a", at: .seconds(5)) == nil)
        #expect(lost.session("b", at: .zero) == nil)
        #expect(lost.nextDeadline == .seconds(5))
    }

    @Test("who does not come back expires, once, in order; who came back does not")
    mutating func expiry() {
        for (index, pid) in ["a", "b", "c"].enumerated() { _ = lost.insert(session(pid), until: .seconds(index)) }
        lost.remove("b")
        #expect(lost.removeExpired(at: .seconds(1)) == [session("a")])
        #expect(lost.removeExpired(at: .seconds(9)) == [session("c")])
        #expect(lost.removeExpired(at: .seconds(9)) == [])
        #expect((lost.count, lost.nextDeadline) == (0, nil))
    }

    @Test("a session that came back and is lost again has the later deadline")
    mutating func again() {
        _ = lost.insert(session("a"), until: .seconds(1))
        lost.remove("a")
        _ = lost.insert(session("a"), until: .seconds(2))
        #expect(lost.removeExpired(at: .seconds(1)) == [])
        #expect(lost.session("a", at: .seconds(1)) == session("a"))
        #expect(lost.removeExpired(at: .seconds(2)) == [session("a")])
    }

    @Test("over the limit the oldest goes")
    mutating func limit() {
        for pid in ["a", "b", "c"] { _ = lost.insert(session(pid), until: .seconds(1)) }
        lost.remove("a")
        #expect(lost.insert(session("d"), until: .seconds(2)) == [])
        #expect(lost.insert(session("e"), until: .seconds(2)) == [session("b")])
        #expect(lost.count == 3)
        var none = LostSessions(limit: 0)
        #expect(none.insert(session("a"), until: .seconds(1)) == [session("a")])
    }

    @Test("coming and going leaves nothing behind, and nobody expires early")
    mutating func churn() {
        _ = lost.insert(session("stays"), until: .seconds(1_000_000))
        for second in 0..<10_000 {
            #expect(lost.insert(session("x"), until: .seconds(1_000_000 + second)) == [])
            lost.remove("x")
        }
        #expect(lost.count == 1)
        #expect(lost.removeExpired(at: .seconds(1_000_000)) == [session("stays")])
    }
}
