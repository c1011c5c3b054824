import Matchmaking
import Testing

/// The confirmation rule (applications, F.1): the stock client's own `findChat` after the server queued it.
@Suite struct ConfirmationTests {
    var chats = Scene()

    @Test("66: a find of a socket that the server queued and paired lets the chat go on") mutating func chatting() {
        chats.chat("a", "b")
        chats.next("a")
        let pair = chats.pair
        chats.now += .seconds(2)
        #expect(chats.find("b") == MatchOutcome(reply: .chatting(pairID: pair)))
        #expect(chats.find("b").events.first == .left("a", "b", pair), "only the first find confirms")
    }

    @Test("66: a find of a socket that the server queued confirms that it waits") mutating func waiting() {
        chats.chat("a", "b")
        chats.find("c")
        chats.next("a")
        chats.now += .seconds(2)
        #expect(chats.find("b") == MatchOutcome(reply: .waiting, events: [.waiting("b")]))
        #expect(chats.find("d").events.dropFirst().first == .start("b", "d", chats.pair))
    }

    @Test("a confirmation keeps the place and takes the new wish") mutating func newWish() {
        chats = Scene(policy: .rematch(.cooldown(.seconds(60))))
        chats.chat("a", "b")
        chats.next("a")
        #expect(chats.find("b", video: true).reply == .waiting)
        #expect(chats.find("a", video: true).reply == .waiting, "a asked itself: it moves to the tail")
        #expect(chats.find("c", video: true).events.dropFirst().first == .start("b", "c", chats.pair, video: true))
    }

    @Test("the caller of next asks itself: its find acts as usual") mutating func caller() {
        chats.chat("a", "b")
        chats.next("a")
        #expect(chats.find("a").events.first == .left("b", "a", chats.pair))
    }

    @Test("after the window a find acts as usual") mutating func late() {
        chats.chat("a", "b")
        chats.next("a")
        chats.now += .seconds(5)
        #expect(chats.find("b").events.first == .left("a", "b", chats.pair))
    }

    @Test("next is never a confirmation") mutating func next() {
        chats.chat("a", "b")
        chats.next("a")
        let pair = chats.pair
        #expect(chats.next("b").events.first == .left("a", "b", pair))
    }

    @Test("a survivor that the server queued after a disconnect may confirm") func afterDisconnect() {
        var policy = MatchPolicy()
        policy.requeueOnPartnerDisconnect = .server
        var chats = Scene(policy: policy)
        chats.chat("a", "b")
        chats.disconnect("a")
        chats.find("c")
        let pair = chats.pair
        #expect(chats.find("b") == MatchOutcome(reply: .chatting(pairID: pair)))
    }
}
