import Matchmaking
import Testing

@Suite struct NodeLossTests {
    @Test("each survivor gets one partnerLeft, the lost are gone") func survivors() {
        var chats = Scene()
        let first = chats.chat("lost01a", "live01a")
        let second = chats.chat("live01b", "lost01b")
        chats.chat("lost01c", "lost01d")
        chats.find("lost01e")
        #expect(chats.nodeLost("lost01") == [.left("live01a", "lost01a", first), .left("live01b", "lost01b", second)])
        #expect(chats.nodeLost("lost01") == [])
        #expect(chats.find("live01c").reply == .waiting)
    }

    @Test("with requeueing by the server survivors meet each other, never the lost") func requeued() {
        var policy = MatchPolicy()
        policy.requeueOnPartnerDisconnect = .server
        var chats = Scene(policy: policy)
        let first = chats.chat("lost01a", "live01a")
        let second = chats.chat("live01b", "lost01b")
        chats.chat("lost01c", "lost01d")
        chats.find("lost01e")
        #expect(
            chats.nodeLost("lost01") == [
                .left("live01a", "lost01a", first), .waiting("live01a"), .left("live01b", "lost01b", second),
                .waiting("live01b"), .start("live01a", "live01b", chats.pair), .start("live01b", "live01a", chats.pair),
            ])
    }
}
