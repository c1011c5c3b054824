import Testing

@testable import Support

@Suite("The order of publication")
struct PublicationOrderTests {
    private var order = PublicationOrder<Int64>(wait: .milliseconds(500))
    private let desk = Conversation("Ana", "admin")

    private mutating func stored(_ id: Int64, after predecessor: Int64?, at milliseconds: Int = 0) -> [Int64] {
        order.stored(id, id: id, after: predecessor, in: desk, now: .milliseconds(milliseconds))
    }

    @Test("who writes to whom does not matter for a conversation")
    func conversation() {
        #expect(Conversation("admin", "Ana") == desk)
        #expect(Conversation("admin", "ana") != desk)
    }

    @Test("a message without a recent predecessor goes out at once, as does one whose predecessor is out")
    mutating func inOrder() {
        #expect(stored(1, after: nil) == [1])
        #expect(stored(2, after: 1) == [2])
        #expect(stored(5, after: 2) == [5])
        #expect(order.nextDeadline == nil)
    }

    @Test("Item 147: of two nodes the second waits until it hears that the first has published")
    mutating func otherNode() {
        #expect(stored(8, after: 7) == [])
        #expect(order.nextDeadline == .milliseconds(500))
        #expect(order.published(7, in: Conversation("berta", "admin"), now: .milliseconds(1)) == [])
        #expect(order.published(7, in: desk, now: .milliseconds(1)) == [8])
        #expect(order.nextDeadline == nil)
    }

    @Test("several that wait go out one after the other, whatever came first")
    mutating func chain() {
        #expect(stored(9, after: 8) == [])
        #expect(stored(8, after: 7) == [])
        #expect(stored(10, after: 9) == [])
        #expect(stored(7, after: nil) == [7, 8, 9, 10])
    }

    @Test("a predecessor that never comes holds nothing up for longer than the wait")
    mutating func lost() {
        #expect(stored(9, after: 8, at: 100) == [])
        #expect(stored(10, after: 9, at: 200) == [])
        #expect(order.timePassed(now: .milliseconds(599)) == [])
        #expect(order.timePassed(now: .milliseconds(600)) == [9, 10])
        #expect(order.published(8, in: desk, now: .milliseconds(610)) == [])
        #expect(stored(11, after: 10, at: 620) == [11])
    }

    @Test("a predecessor that was heard of earlier is remembered for a while, and then forgotten")
    mutating func memory() {
        #expect(order.published(7, in: desk, now: .milliseconds(0)) == [])
        #expect(stored(8, after: 7, at: 1_900) == [8])
        #expect(order.published(9, in: Conversation("x", "y"), now: .seconds(60)) == [])
        #expect(stored(20, after: 19, at: 60_100) == [])
    }
}
