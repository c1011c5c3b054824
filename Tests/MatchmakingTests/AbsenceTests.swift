import Matchmaking
import Testing

/// Lost connections (applications, D.1), with a grace of ten seconds.
@Suite struct AbsenceTests {
    var chats: Scene

    init() {
        var policy = MatchPolicy()
        policy.reconnectGrace = .seconds(10)
        chats = Scene(policy: policy)
    }

    @Test("without a grace a lost connection is a disconnect, at once") func noGrace() {
        var chats = Scene()
        let pair = chats.chat("a", "b")
        #expect(chats.suspend("a") == MatchOutcome(reply: .idle, events: [.left("b", "a", pair)]))
        #expect(chats.resume("a") == MatchOutcome(reply: .idle, events: [.resumed(participant: "a", nil)]))
        #expect(chats.machine.nextTick == nil)
    }

    @Test("98: when the grace is over the partner gets one partnerLeft") mutating func graceOver() {
        let pair = chats.chat("a", "b")
        chats.suspend("a")
        #expect(chats.machine.nextTick == chats.now + .seconds(10))
        chats.now += .seconds(9)
        #expect(chats.tick() == [])
        chats.now += .seconds(1)
        #expect(chats.tick() == [.left("b", "a", pair)])
        #expect(chats.resume("a").events == [.resumed(participant: "a", nil)])
        #expect(chats.machine.nextTick == nil)
    }

    @Test("who comes and goes has the whole grace every time") mutating func twice() {
        let pair = chats.chat("a", "b")
        chats.suspend("a")
        chats.now += .seconds(9)
        chats.resume("a")
        chats.suspend("a")
        chats.now += .seconds(9)
        #expect(chats.tick() == [])
        chats.now += .seconds(1)
        #expect(chats.tick() == [.left("b", "a", pair)])
    }

    @Test("being away twice without being back is being away once") mutating func twiceAway() {
        chats.chat("a", "b")
        chats.suspend("a")
        chats.now += .seconds(5)
        #expect(chats.suspend("a").events == [])
        #expect(chats.machine.nextTick == chats.now + .seconds(5))
    }

    @Test("97: a node is lost: its participants are away, their partners are told, and both ends of a chat may be")
    mutating func nodeLost() {
        let first = chats.chat("lost01a", "live01a")
        let second = chats.chat("live01b", "lost01b")
        chats.chat("lost01c", "lost01d")
        chats.find("lost01e")
        chats.suspend("lost01b")
        #expect(
            chats.nodeLost("lost01") == [
                .presence("live01a", "lost01a", first, .lost), .presence("live01b", "lost01b", second, .lost),
            ])
        #expect(chats.nodeLost("lost01") == [])
        #expect(chats.find("live01c").reply == .waiting)
        #expect(
            chats.resume("lost01a").events == [
                .resumed(participant: "lost01a", .chatting(partner: "live01a", pairID: first, withVideo: false)),
                .presence("lost01a", "live01a", first, .here), .presence("live01a", "lost01a", first, .here),
            ])
        chats.now += .seconds(10)
        #expect(chats.tick() == [.left("live01b", "lost01b", second)])
    }

    @Test("with requeueing by the server the survivor is queued when the grace is over, not before")
    mutating func requeued() {
        var policy = chats.machine.policy
        policy.requeueOnPartnerDisconnect = .server
        chats = Scene(policy: policy)
        let pair = chats.chat("a", "b")
        #expect(chats.suspend("a").events == [.presence("b", "a", pair, .away)])
        chats.now += .seconds(10)
        #expect(chats.tick() == [.left("b", "a", pair), .waiting("b")])
    }

    @Test("who asks for something is back") mutating func asks() {
        chats.find("a")
        chats.suspend("a")
        chats.find("b")
        #expect(chats.next("a").reply == .chatting(pairID: chats.pair))
    }

    @Test("a video chat is still one when one is back") mutating func video() {
        chats.find("a", video: true)
        chats.find("b", video: true)
        let pair = chats.pair
        chats.suspend("a")
        #expect(
            chats.resume("a").events.first
                == .resumed(participant: "a", .chatting(partner: "b", pairID: pair, withVideo: true)))
    }
}
