import Cluster
import NIOCore
import SocketIO
import Testing

@Suite("Restorations")
struct RestorationTests {
    private let nodes: [NodeTag]
    private var session = RecoverableSession(
        id: "id", pid: "p", namespace: "/", rooms: ["id"], data: ["n": 1], start: "")

    init() throws {
        nodes = try ["AAAAAA", "BBBBBB", "CCCCCC"].map { try #require(NodeTag($0)) }
    }

    private func event(_ node: Int, _ number: UInt64) -> EventID { EventID(node: nodes[node], number: number) }

    private func offset(_ own: EventID, _ position: EventID) -> RecoveryOffset {
        RecoveryOffset(own: own, position: position)
    }

    /// A node repeats events to the client, which said this offset.
    private mutating func restore(by node: Int, _ missed: EventID..., after offset: RecoveryOffset) {
        var received = session.received(at: offset, since: 0)
        for id in missed { received.insert(id) }
        session.restored(by: nodes[node], received: received, after: offset)
    }

    private func hasReceived(_ id: EventID, at offset: RecoveryOffset) -> Bool {
        session.received(at: offset, since: 0).contains(id)
    }

    @Test("an offset says what it says: the node's own events, and the last of the others")
    func plain() {
        let offset = offset(event(0, 20), event(1, 10))
        #expect(hasReceived(event(0, 20), at: offset) && !hasReceived(event(0, 21), at: offset))
        #expect(hasReceived(event(1, 10), at: offset) && !hasReceived(event(1, 11), at: offset))
        #expect(!hasReceived(event(2, 1), at: offset))
    }

    @Test("who has received an event behind what was repeated has received that, whatever position the event has")
    mutating func repeated() {
        restore(by: 1, event(2, 30), after: offset(event(0, 20), event(2, 10)))
        let later = offset(event(1, 40), event(0, 1))
        #expect(hasReceived(event(2, 30), at: later) && !hasReceived(event(2, 31), at: later))
        // What its former node had delivered itself may still come from Redis.
        #expect(hasReceived(event(0, 20), at: later) && !hasReceived(event(0, 21), at: later))
    }

    @Test("who has not, has not: what was repeated may be lost")
    mutating func lost() {
        let before = offset(event(0, 20), event(2, 10))
        restore(by: 1, event(2, 30), after: before)
        #expect(!hasReceived(event(2, 30), at: before))
        // The offset of a repeated event: further ones may have followed it.
        #expect(!hasReceived(event(2, 30), at: offset(event(0, 20), event(2, 25))))
    }

    @Test("on the node that it lost, repeated events of that node say nothing of those behind them")
    mutating func sameNode() {
        let before = offset(event(0, 20), event(2, 10))
        restore(by: 0, event(0, 25), event(2, 30), after: before)
        for partly in [before, offset(event(0, 25), event(2, 10))] {
            #expect(!hasReceived(event(2, 30), at: partly))
        }
        #expect(hasReceived(event(2, 30), at: offset(event(0, 26), event(2, 10))))
    }

    @Test("what was repeated before is remembered while the client hears nothing new, however often it moves")
    mutating func quiet() {
        restore(by: 1, event(2, 30), after: offset(event(0, 20), event(2, 10)))
        let last = offset(event(1, 40), event(2, 10))
        for node in [0, 2, 1, 1, 0, 2] {
            restore(by: node, event(2, 50), after: last)
            #expect(hasReceived(event(2, 30), at: last) && !hasReceived(event(2, 50), at: last))
            #expect(session.restorations.count == 2)
        }
        #expect(hasReceived(event(2, 50), at: offset(event(2, 60), event(0, 1))))
    }

    @Test("what was repeated on several nodes adds up, until it is too old to be repeated again")
    mutating func several() {
        restore(by: 1, event(2, 30), after: offset(event(0, 20), event(2, 10)))
        restore(by: 0, after: offset(event(1, 40), event(2, 10)))
        let last = offset(event(0, 50), event(1, 1))
        #expect(hasReceived(event(2, 30), at: last))
        #expect(session.received(at: last, since: 30).contains(event(2, 30)))
        #expect(!session.received(at: last, since: 31).contains(event(2, 30)))
        #expect(session.received(at: last, since: 1_000).contains(event(0, 50)))
    }

    @Test("nodes pass on a session as it is")
    mutating func encoding() {
        #expect(RecoverableSession(session.encoded, pid: "p") == session)
        restore(by: 1, event(2, 30), after: offset(event(0, 20), event(2, 10)))
        restore(by: 0, after: offset(event(1, 40), event(2, 10)))
        #expect(RecoverableSession(session.encoded, pid: "p") == session)
    }
}
