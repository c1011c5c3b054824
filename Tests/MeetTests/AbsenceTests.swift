import Matchmaking
import SocketIO
import Testing

@testable import Meet

/// Connections that are lost and come back, as one participant sees it (applications, D.1).
@Suite struct AbsenceTests {
    private var me = Participant(id: "a")

    private mutating func start(_ pair: String = "1", partner: String = "b") {
        _ = me.happened(
            .chatStart(participant: "a", partner: partner, pairID: pair, withVideo: false), now: .zero)
    }

    private mutating func partner(is presence: Presence, in pair: String = "1") -> [Participant.Action] {
        me.happened(.partnerPresence(participant: "a", partner: "b", pairID: pair, presence), now: .zero)
    }

    private mutating func send(_ text: String = "hi") -> Result<[String], Refusal> {
        Result { () throws(Refusal) in names(try me.send(.message, payload: [.string(text)], pairID: nil)) }
    }

    @Test("the client is told once that the partner is away, and once that it is back") mutating func told() {
        start()
        #expect(partner(is: .here) == [])
        #expect(partner(is: .away) == [.emit(.partnerAway, [["partnerId": "b"]])])
        #expect(partner(is: .lost) == [])
        #expect(partner(is: .away, in: "2") == [])
        #expect(partner(is: .here) == [.emit(.partnerBack, [["partnerId": "b"]])])
    }

    @Test("what is for a partner whose node is lost is sent past that node") mutating func lostNode() {
        start()
        _ = partner(is: .away)
        #expect(send() == .success(["message>b", "message"]))
        _ = partner(is: .lost)
        #expect(send() == .success(["message>>b", "message"]))
    }

    @Test("only so many messages are kept for who is away, and so many bytes; being back clears that")
    mutating func bounds() {
        start()
        _ = partner(is: .away)
        for _ in 0..<100 { #expect(send() == .success(["message>b", "message"])) }
        #expect(send() == .failure(.partnerAway))
        _ = partner(is: .here)
        #expect(send() == .success(["message>b", "message"]))
        _ = partner(is: .away)
        #expect(send(String(repeating: "x", count: 40_000)) == .success(["message>b", "message"]))
        #expect(send(String(repeating: "x", count: 40_000)) == .failure(.partnerAway))
        #expect(send() == .success(["message>b", "message"]), "there is room for a short one")
    }

    @Test("who is back in the chat that it was in goes on") mutating func back() {
        start()
        let state = RetainedState.chatting(partner: "b", pairID: "1", withVideo: false)
        #expect(me.happened(.resumed(participant: "a", state), now: .zero) == [])
        #expect(me.chat?.pairID == "1")
        #expect(me.session == ["sessionId": "a", "resumed": true, "state": "chatting", "pairId": "1"])
        #expect(send() == .success(["message>b", "message"]))
    }

    @Test("97: on another node the chat is as it was, and the client is told where the partner is")
    mutating func moved() {
        let state = RetainedState.chatting(partner: "b", pairID: "1", withVideo: true)
        #expect(me.happened(.resumed(participant: "a", state), now: .zero) == [])
        #expect(partner(is: .here) == [.emit(.partnerBack, [["partnerId": "b"]])])
        #expect(me.chat?.withVideo == true)
        #expect(send() == .success(["message>b", "message"]))
    }

    @Test("98: a chat that is not known any more is over, once", arguments: [RetainedState?.none, .idle])
    func over(state: RetainedState?) {
        var test = self
        test.start()
        let left = Participant.Action.emit(.partnerLeft, [["partnerId": "b"]])
        #expect(test.me.happened(.resumed(participant: "a", state), now: .zero) == [left])
        #expect(test.me.happened(.resumed(participant: "a", state), now: .zero) == [])
        #expect(test.me.session["state"] == "idle")
        #expect(test.me.session["resumed"] == .bool(state != nil))
        #expect(test.me.isKnown == (state != nil), "so that a lost connection is told, or not")
    }

    @Test("who waited waits") mutating func waiting() {
        #expect(me.happened(.resumed(participant: "a", .waiting), now: .zero) == [])
        #expect(me.session == ["sessionId": "a", "resumed": true, "state": "waiting"])
    }

    @Test("who is on another node now is nobody here") mutating func adopted() {
        start()
        #expect(me.happened(.adopted(participant: "a"), now: .zero) == [])
        #expect(names(me.received(Relay(.message, pairID: "1", payload: ["hi"]), now: .zero)) == [])
        #expect(!me.isKnown)
    }

    @Test("an open offer is watched again after the timer ended with the connection") mutating func offer() {
        _ = me.happened(.chatStart(participant: "a", partner: "b", pairID: "1", withVideo: true), now: .zero)
        _ = me.received(Relay(.offer, pairID: "1", payload: ["offer"]), now: .zero)
        #expect(names(me.reconnected()) == ["watch"])
        _ = me.offerTimePassed(now: .seconds(31))
        #expect(me.reconnected() == [])
    }
}
