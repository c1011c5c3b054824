import Matchmaking
import SocketIO
import Testing

@testable import Meet

@Suite("A participant, as its node knows it (A.6.5)")
final class ParticipantTests {
    private var me = Participant(id: "a")
    private let message: Arguments = [["text": "x"]]

    private func start(_ pairID: String = "1", partner: String = "b", video: Bool = false) -> [String] {
        names(
            me.happened(
                .chatStart(participant: "a", partner: partner, pairID: pairID, withVideo: video), now: .zero))
    }

    private func send(_ kind: Relay.Kind = .message, pairID: String? = nil) -> Result<[String], Refusal> {
        Result { () throws(Refusal) in names(try me.send(kind, payload: message, pairID: pairID)) }
    }

    private func receive(_ kind: Relay.Kind = .message, pairID: String) -> [String] {
        names(me.received(Relay(kind, pairID: pairID, payload: message), now: .zero))
    }

    private func happened(_ event: MatchEvent) -> [Participant.Action] { me.happened(event, now: .zero) }

    private func failed(_ number: Int, departs: Bool, wantsToWait: Bool) -> Bool {
        me.failed(number, departs: departs, wantsToWait: wantsToWait)
    }

    @Test("the matchmaker's events reach the client with their documented payloads")
    func events() {
        #expect(happened(.waiting(participant: "a")) == [.emit(.waiting, [])])
        let start = me.happened(
            .chatStart(participant: "a", partner: "b", pairID: "1", withVideo: true), now: .zero)
        #expect(start == [.emit(.chatStart, [["withVideo": true, "partnerId": "b", "pairId": "1"]])])
        let end = me.happened(.partnerLeft(participant: "a", partner: "b", pairID: "1"), now: .zero)
        #expect(end == [.emit(.partnerLeft, [["partnerId": "b"]])])
        #expect(me.state == .idle)
    }

    @Test("an event that comes twice, or too late, is shown once")
    func repeatedEvents() {
        #expect(start() == ["chatStart"])
        #expect(start() == [])
        let end = MatchEvent.partnerLeft(participant: "a", partner: "b", pairID: "1")
        #expect(names(happened(end)) == ["partnerLeft"])
        #expect(names(happened(end)) == [])
        #expect(start() == [])
        #expect(start("2") == ["barrier 1", "chatStart"])
        #expect(names(happened(end)) == [])
        #expect(me.chat?.pairID == "2")
    }

    @Test("item 70: whoever is in no chat sends nothing")
    func unpaired() {
        #expect(send() == .failure(.notPaired))
        _ = me.happened(.waiting(participant: "a"), now: .zero)
        #expect(send() == .failure(.notPaired))
        #expect(send(.offer) == .failure(.notPaired))
    }

    @Test("items 68 and 86: text goes to the partner and back to the sender, signalling to the partner only")
    func sends() throws {
        _ = start()
        #expect(send() == .success(["message>b", "message"]))
        for kind in [Relay.Kind.offer, .answer, .candidate] {
            #expect(send(kind) == .success(["\(kind.rawValue)>b"]))
        }
        let actions = try me.send(.message, payload: message, pairID: nil)
        #expect(actions.first == .relay(Relay(.message, pairID: "1", payload: message), to: "b"))
    }

    @Test("item 77: what names another pair is refused")
    func stale() {
        _ = start("2")
        #expect(send(pairID: "1") == .failure(.stalePair))
        #expect(send(pairID: "2") == .success(["message>b", "message"]))
    }

    @Test("items 76 and 93: nothing of another pair is shown")
    func foreign() {
        _ = start("1")
        #expect(receive(pairID: "1") == ["message"])
        _ = me.happened(.partnerLeft(participant: "a", partner: "b", pairID: "1"), now: .zero)
        #expect(receive(pairID: "1") == [])
        #expect(start("2", partner: "c") == ["barrier 1", "chatStart"])
        #expect(receive(pairID: "1") == [])
        #expect(receive(.candidate, pairID: "1") == [])
        #expect(receive(pairID: "2") == ["message"])
    }

    @Test("what the partner writes before this side knows of the pair is shown right after chatStart, in order")
    func early() {
        #expect(receive(pairID: "1") == [])
        #expect(receive(.candidate, pairID: "1") == [])
        #expect(receive(pairID: "9") == [])
        #expect(start("1") == ["chatStart", "message", "ice-candidate"])
        _ = me.happened(.partnerLeft(participant: "a", partner: "b", pairID: "1"), now: .zero)
        #expect(start("9") == ["barrier 1", "chatStart"])
    }

    @Test("what is kept for later is bounded")
    func manyEarly() {
        for _ in 0..<100 { #expect(receive(pairID: "1") == []) }
        #expect(start("1").count == 1 + Participant.earlyLimit)
    }

    @Test("between next or leaveChat and its answer nothing is sent any more; a failure gives the chat back")
    func departing() {
        _ = start()
        let number = me.submitted(departs: true, wantsToWait: true)
        #expect(send() == .failure(.notPaired))
        #expect(!failed(number, departs: true, wantsToWait: true))
        #expect(send() == .success(["message>b", "message"]))
        _ = me.submitted(departs: true, wantsToWait: true)
        _ = me.happened(.waiting(participant: "a"), now: .zero)
        _ = start("2", partner: "c")
        #expect(send() == .failure(.notPaired), "it was written before the client saw the new chat")
        me.succeeded(.chatting(pairID: "2"), departs: true)
        #expect(send() == .success(["message>c", "message"]))
    }

    @Test("findChat may be a confirmation, so the chat goes on until the matchmaker says otherwise (F.1)")
    func confirming() {
        _ = start()
        _ = me.submitted(departs: false, wantsToWait: true)
        #expect(send() == .success(["message>b", "message"]))
        me.succeeded(.chatting(pairID: "1"), departs: false)
        #expect(me.chat?.pairID == "1")
    }

    @Test("leaveChat ends the chat without an event")
    func leaving() {
        _ = start()
        _ = me.submitted(departs: true, wantsToWait: true)
        me.succeeded(.idle, departs: true)
        #expect(me.state == .idle)
        #expect(send() == .failure(.notPaired))
    }

    @Test("a request that failed is repeated unless there is a chat or a newer request")
    func repeating() {
        let first = me.submitted(departs: false, wantsToWait: true)
        #expect(failed(first, departs: false, wantsToWait: true))
        #expect(me.mayRepeat(first))
        let second = me.submitted(departs: true, wantsToWait: true)
        #expect(!me.mayRepeat(first))
        #expect(!failed(second, departs: true, wantsToWait: false))
        let third = me.submitted(departs: false, wantsToWait: true)
        _ = start()
        #expect(!failed(third, departs: false, wantsToWait: true))
    }

    @Test("the matchmaker hears of a disconnect only if it ever heard of the participant")
    func known() {
        #expect(!me.isKnown)
        _ = me.submitted(departs: false, wantsToWait: true)
        #expect(me.isKnown)
    }
}

/// Actions in short: `event` to the own client, `kind>partner` to the partner's node, `kind>>partner` to
/// be kept for it, `watch`, `barrier 1`.
func names(_ actions: [Participant.Action]) -> [String] {
    actions.map { action in
        switch action {
        case .emit(let event, _): event.rawValue
        case .relay(let relay, let partner): "\(relay.kind.rawValue)>\(partner)"
        case .keep(let relay, let partner): "\(relay.kind.rawValue)>>\(partner)"
        case .watchOffer: "watch"
        case .raiseBarrier(let number): "barrier \(number)"
        }
    }
}
