import Matchmaking
import Testing

/// The rows of the transition table (applications, A.6.4), with section F.
@Suite struct TransitionTests {
    var chats = Scene()

    @Test("36: a lone find waits") mutating func loneFind() {
        #expect(chats.find("a") == MatchOutcome(reply: .waiting, events: [.waiting("a")]))
    }

    @Test("37: two text finds are paired, the earlier is told first") mutating func twoText() {
        chats.find("a")
        let outcome = chats.find("b")
        let pair = chats.pair
        #expect(outcome.reply == .chatting(pairID: pair))
        #expect(outcome.events == [.waiting("b"), .start("a", "b", pair), .start("b", "a", pair)])
    }

    @Test("38: two video finds make a video pair") mutating func twoVideo() {
        chats.find("a", video: true)
        let outcome = chats.find("b", video: true)
        #expect(
            outcome.events.dropFirst() == [
                .start("a", "b", chats.pair, video: true), .start("b", "a", chats.pair, video: true),
            ])
    }

    @Test("44: find while waiting moves to the tail, with one entry only") mutating func findWhileWaiting() {
        chats = Scene(user: "one")
        chats.find("a")
        chats.find("b")
        #expect(chats.find("a") == MatchOutcome(reply: .waiting, events: [.waiting("a")]))
        chats.user = nil
        #expect(chats.find("c").events == [.waiting("c"), .start("b", "c", chats.pair), .start("c", "b", chats.pair)])
        #expect(chats.find("d").events == [.waiting("d"), .start("a", "d", chats.pair), .start("d", "a", chats.pair)])
    }

    @Test("45: find with another wish while waiting uses the new wish") mutating func changedWish() {
        chats = Scene(policy: .never)
        chats.find("a")
        #expect(chats.find("b", video: true).events == [.waiting("b")])
        #expect(
            chats.find("a", video: true).events == [
                .waiting("a"), .start("b", "a", chats.pair, video: true), .start("a", "b", chats.pair, video: true),
            ])
    }

    @Test(
        "46, 47: find while chatting leaves the partner idle, whatever the policy for disconnects",
        arguments: [
            MatchPolicy.Requeue.client, .server,
        ]) func findWhileChatting(requeue: MatchPolicy.Requeue)
    {
        var policy = MatchPolicy()
        policy.requeueOnPartnerDisconnect = requeue
        var chats = Scene(policy: policy)
        let pair = chats.chat("a", "b")
        #expect(
            chats.find("a") == MatchOutcome(reply: .waiting, events: [.left("b", "a", pair), .waiting("a")]))
        #expect(chats.leave("b") == MatchOutcome(reply: .idle))
    }

    @Test("48: next while chatting queues caller, then partner; the partner is told first") mutating func next() {
        let pair = chats.chat("a", "b")
        let outcome = chats.next("a")
        #expect(Array(outcome.events.prefix(3)) == [.left("b", "a", pair), .waiting("b"), .waiting("a")])
    }

    @Test("49: next while idle queues with the earlier wish, text at first") mutating func nextWhileIdle() {
        chats = Scene(policy: .never)
        #expect(chats.next("a") == MatchOutcome(reply: .waiting, events: [.waiting("a")]))
        chats.find("b", video: true)
        chats.leave("b")
        #expect(chats.next("b") == MatchOutcome(reply: .waiting, events: [.waiting("b")]))
        #expect(
            chats.find("c", video: true).events.dropFirst()
                == [.start("b", "c", chats.pair, video: true), .start("c", "b", chats.pair, video: true)])
    }

    @Test("50: next while waiting keeps the place") mutating func nextWhileWaiting() {
        chats = Scene(user: "one")
        chats.find("a")
        chats.find("b")
        #expect(chats.next("a") == MatchOutcome(reply: .waiting, events: [.waiting("a")]))
        chats.user = nil
        #expect(chats.find("c").events.dropFirst() == [.start("a", "c", chats.pair), .start("c", "a", chats.pair)])
    }

    @Test("54: a burst of next leaves one queue entry") mutating func burst() {
        for _ in 0..<10 { #expect(chats.next("a").events == [.waiting("a")]) }
        chats.find("b")
        #expect(chats.find("c").events == [.waiting("c")])
    }

    @Test("55: who disconnects while waiting is never matched") mutating func disconnectWhileWaiting() {
        chats.find("a")
        #expect(chats.disconnect("a") == MatchOutcome(reply: .idle))
        #expect(chats.find("b").events == [.waiting("b")])
    }

    @Test("56: after a disconnect the survivor is idle by default") mutating func disconnectWhileChatting() {
        let pair = chats.chat("a", "b")
        #expect(chats.disconnect("a").events == [.left("b", "a", pair)])
        #expect(chats.find("c").events == [.waiting("c")])
    }

    @Test("56: after a disconnect the survivor is queued again by policy") func requeueByServer() {
        var policy = MatchPolicy()
        policy.requeueOnPartnerDisconnect = .server
        var chats = Scene(policy: policy)
        let pair = chats.chat("a", "b")
        #expect(chats.disconnect("a").events == [.left("b", "a", pair), .waiting("b")])
        #expect(chats.find("c").events.dropFirst() == [.start("b", "c", chats.pair), .start("c", "b", chats.pair)])
    }

    @Test("57: both members may disconnect") mutating func bothDisconnect() {
        let pair = chats.chat("a", "b")
        #expect(chats.disconnect("a").events == [.left("b", "a", pair)])
        #expect(chats.disconnect("b").events == [])
        #expect(chats.disconnect("b").events == [])
    }

    @Test("67: leave ends the chat, or the waiting") mutating func leave() {
        let pair = chats.chat("a", "b")
        #expect(chats.leave("a") == MatchOutcome(reply: .idle, events: [.left("b", "a", pair)]))
        chats.find("a")
        #expect(chats.leave("a") == MatchOutcome(reply: .idle))
        #expect(chats.find("b").events == [.waiting("b")])
        #expect(chats.leave("unknown") == MatchOutcome(reply: .idle))
    }

    @Test("pair numbers only increase") mutating func fencing() {
        let first = Int64(chats.chat("a", "b")) ?? 0
        chats.leave("a")
        let second = Int64(chats.chat("c", "d")) ?? 0
        #expect(0 < first && first < second)
    }
}
