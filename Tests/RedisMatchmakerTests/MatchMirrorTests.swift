import Matchmaking
import NIOCore
import Testing

@testable import RedisAdapter

/// The node's memory of what its clients know, without Redis.
@Suite struct MatchMirrorTests {
    var mirror = MatchMirror()

    init() {
        for id in ["a", "b"] {
            mirror.submitted(
                .find(participant: id, user: "user of \(id)", wantsVideo: id == "b", pool: id == "a" ? "p" : ""))
        }
    }

    @Test("events are told once, in terms of pairs") mutating func once() {
        #expect(apply("waiting a 1") == [.waiting(participant: "a")])
        #expect(apply("start a x 2 1") == [.chatStart(participant: "a", partner: "x", pairID: "2", withVideo: true)])
        #expect(apply("start a x 2 1") == [])
        #expect(apply("left a x 1") == [])
        #expect(apply("left a x 2") == [.partnerLeft(participant: "a", partner: "x", pairID: "2")])
        #expect(apply("left a x 2") == [])
    }

    @Test("who is gone is told nothing") mutating func gone() {
        mirror.submitted(.disconnect(participant: "a"))
        #expect(apply("waiting a 1") + apply("start a x 2 0") + apply("left a x 2") == [])
        #expect(mirror.reconcile(["a": .waiting(place: 1)]).stored == ["a"], "to be disconnected")
        #expect(!mirror.knows("a"))
    }

    @Test("a chat that the store does not have is over") mutating func chatOver() {
        _ = apply("waiting a 1") + apply("start a x 2 0")
        #expect(mirror.reconcile([:]).events == [.partnerLeft(participant: "a", partner: "x", pairID: "2")])
        #expect(mirror.reconcile([:]).events == [])
    }

    @Test("who waits here and not there is restored, oldest first, with user, wish and pool") mutating func restored() {
        _ = apply("waiting b 5") + apply("waiting a 9")
        let result = mirror.reconcile(["a": .idle])
        #expect(result.events == [])
        #expect(result.requests.count == 2)
        guard case .restore("b", "user of b", true, "", 5) = result.requests[0],
            case .restore("a", "user of a", false, "p", 9) = result.requests[1]
        else {
            Issue.record("\(result.requests)")
            return
        }
    }

    @Test("what was missed is told as the steps that lead there") mutating func missed() {
        _ = apply("waiting a 1") + apply("start a x 2 0") + apply("waiting b 3")
        let result = mirror.reconcile([
            "a": .chatting(pair: 8, partner: "y", withVideo: false),
            "b": .chatting(pair: 9, partner: "z", withVideo: true),
        ])
        #expect(
            result.events.filter { $0.participant == "a" } == [
                .partnerLeft(participant: "a", partner: "x", pairID: "2"), .waiting(participant: "a"),
                .chatStart(participant: "a", partner: "y", pairID: "8", withVideo: false),
            ])
        #expect(
            result.events.filter { $0.participant == "b" } == [
                .chatStart(participant: "b", partner: "z", pairID: "9", withVideo: true)
            ])
    }

    @Test("one's own leaving is believed when its reply comes") mutating func left() {
        _ = apply("waiting a 1")
        #expect(apply("reply 7 a idle") == [])
        #expect(mirror.reconcile([:]).requests.isEmpty)
    }

    @Test("strange lines are left out") func strangeLines() {
        let payload = ByteBuffer(
            string:
                "waiting a\nwaiting a x\nstart a b c 1\n\nreply 1 a flying\nreply x a idle\nstate a chatting 1\nfoo\nagain 5"
        )
        #expect(MatchNotice.lines(payload) == [.again(.microseconds(5))])
        #expect(MatchNotice.lines(ByteBuffer(bytes: [0xff, 0x00, 0x0a])) == [])
    }

    @Test("every kind of line is read as the script writes it") func lines() {
        let text = """
            waiting a 12
            start a b 7 1
            left a b 7
            reply 3 a idle
            reply 4 a chatting 9
            again 250
            presence a b 7 away
            resumed a
            resumed a 1 =pool chatting 7 b 0
            adopted a
            state a waiting 5
            state a away
            snapshot 18446744073709551615
            snapshot 9223372036854775807
            waiting b -3
            again 99999999999999999999
            state a chatting 7 b 0 and more words than any line has
            """
        let chatting = MatchNotice.StoredState.chatting(pair: 7, partner: "b", withVideo: false)
        let expected: [MatchNotice] = [
            .waiting(participant: "a", place: 12), .start(participant: "a", partner: "b", pair: 7, withVideo: true),
            .left(participant: "a", partner: "b", pair: 7), .reply(number: 3, participant: "a", .idle),
            .reply(number: 4, participant: "a", .chatting(pairID: "9")), .again(.microseconds(250)),
            .presence(participant: "a", partner: "b", pair: 7, .away), .resumed(participant: "a", nil),
            .resumed(participant: "a", .init(state: chatting, wantsVideo: true, pool: "pool")),
            .adopted(participant: "a"), .state(participant: "a", .waiting(place: 5)),
            .state(participant: "a", .away), .snapshot(number: 9_223_372_036_854_775_807),
            .waiting(participant: "b", place: -3),
        ]
        #expect(MatchNotice.lines(ByteBuffer(string: text)) == expected)
    }

    private mutating func apply(_ line: String) -> [MatchEvent] {
        MatchNotice.lines(ByteBuffer(string: line)).flatMap { mirror.apply($0) }
    }
}
