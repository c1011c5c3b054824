import Matchmaking
import SocketIO
import Testing

@testable import Meet

@Suite("Signalling between two nodes (A.7.3)")
struct SignallingTests {
    /// Two participants on nodes of their own; relays arrive at once.
    final class Call {
        var members: [String: Participant] = [:]
        var now = Duration.zero

        init(_ first: String, _ second: String, video: Bool = true, limits: MeetConfiguration.Limits = .init()) {
            for (id, partner) in [(first, second), (second, first)] {
                var member = Participant(id: id, limits: limits)
                _ = member.happened(
                    .chatStart(participant: id, partner: partner, pairID: "1", withVideo: video), now: .zero)
                members[id] = member
            }
        }

        /// What both clients see, as `id:event`.
        private func perform(_ actions: [Participant.Action], of id: String) -> [String] {
            var seen: [String] = []
            for action in actions {
                switch action {
                case .emit(let event, let arguments):
                    seen.append("\(id):\(event.rawValue)" + (arguments[0]?.string.map { "(\($0))" } ?? ""))
                case .relay(let relay, let partner):
                    let follows = members[partner]?.received(relay, now: now) ?? []
                    seen += perform(follows, of: partner)
                case .keep, .raiseBarrier: break
                case .watchOffer(let time):
                    seen.append("\(id):watch \(time)")
                }
            }
            return seen
        }

        func ready(_ id: String) -> [String] {
            let actions = try? members[id]?.ready(pairID: nil)
            return perform(actions ?? [], of: id)
        }

        func send(_ kind: Relay.Kind, _ text: String, from id: String) -> [String] {
            let actions = try? members[id]?.send(kind, payload: [.string(text)], pairID: nil)
            return perform(actions ?? [], of: id).filter { !$0.contains("watch") }
        }

        func timePassed(_ id: String, now: Duration) -> [String] {
            self.now = now
            return perform(members[id]?.offerTimePassed(now: now) ?? [], of: id)
        }
    }

    /// A participant that expectations may change.
    final class Box {
        var value: Participant

        init(_ id: String) { value = Participant(id: id) }

        func happened(_ event: MatchEvent, now: Duration) -> [Participant.Action] { value.happened(event, now: now) }
        func received(_ relay: Relay, now: Duration) -> [Participant.Action] { value.received(relay, now: now) }
        func offerTimePassed(now: Duration) -> [Participant.Action] { value.offerTimePassed(now: now) }
        func ready(pairID: String?) throws -> [Participant.Action] { try value.ready(pairID: pairID) }
    }

    @Test("items 79 to 81: whoever is ready last, the smaller id is asked, and again by every further signal")
    func readiness() {
        for (first, second) in [("a", "b"), ("b", "a")] {
            let call = Call("a", "b")
            #expect(call.ready(first) == [])
            #expect(call.ready(second) == ["a:create-offer"])
            #expect(call.ready("a") == ["a:create-offer"])
            #expect(call.ready("b") == ["a:create-offer"])
        }
    }

    @Test(
        "item 82: ids are compared byte by byte: - before digits before upper case before _ before lower case",
        arguments: [("-", "0"), ("9", "A"), ("Z", "_"), ("_", "a"), ("A", "a"), ("a", "aa"), ("x-", "x_")])
    func tieBreak(smaller: String, larger: String) {
        let call = Call(larger, smaller)
        _ = call.ready(larger)
        #expect(call.ready(smaller) == ["\(smaller):create-offer"])
    }

    @Test("items 83 and 84: one ready is not enough, and readiness ends with the pair")
    func scope() {
        let me = Box("a")
        #expect(throws: Refusal.notPaired) { try me.ready(pairID: nil) }
        _ = me.happened(.chatStart(participant: "a", partner: "b", pairID: "1", withVideo: true), now: .zero)
        #expect(names(me.received(Relay(.ready, pairID: "1"), now: .zero)) == [])
        _ = me.happened(.waiting(participant: "a"), now: .zero)
        _ = me.happened(.chatStart(participant: "a", partner: "b", pairID: "2", withVideo: true), now: .zero)
        #expect(throws: Refusal.stalePair) { try me.ready(pairID: nil) }
        me.value.barrierPassed(1)
        #expect((try? me.ready(pairID: nil)).map(names) == ["ready-to-connect>b"])
        #expect(throws: Refusal.stalePair) { try me.ready(pairID: "1") }
    }

    @Test("item 85: a text pair is never asked for an offer, but may signal on its own")
    func textPair() {
        let call = Call("a", "b", video: false)
        #expect(call.ready("a") == [])
        #expect(call.ready("b") == [])
        #expect(call.ready("a") == [])
        #expect(call.send(.offer, "o", from: "a") == ["b:webrtc-offer(o)"])
    }

    @Test("item 90: a callee that is ready late gets the open offer and its candidates again; nobody else is asked")
    func replay() {
        let call = Call("a", "b")
        _ = call.ready("a")
        _ = call.ready("b")
        #expect(call.send(.offer, "o", from: "a") == ["b:webrtc-offer(o)"])
        #expect(call.send(.candidate, "1", from: "a") == ["b:ice-candidate(1)"])
        #expect(call.send(.candidate, "mine", from: "b") == ["a:ice-candidate(mine)"])
        #expect(call.send(.candidate, "2", from: "a") == ["b:ice-candidate(2)"])
        #expect(call.ready("b") == ["b:webrtc-offer(o)", "b:ice-candidate(1)", "b:ice-candidate(2)"])
        #expect(call.ready("a") == ["a:create-offer"])
        #expect(call.send(.answer, "y", from: "b") == ["a:webrtc-answer(y)"])
        #expect(call.ready("b") == ["a:create-offer"])
    }

    @Test("the first readiness counts even if it is answered by a replay")
    func firstReadinessWithOffer() {
        let call = Call("a", "b")
        _ = call.ready("a")
        _ = call.send(.offer, "o", from: "a")
        #expect(call.ready("b") == ["b:webrtc-offer(o)"])
        #expect(call.ready("a") == ["a:create-offer"])
    }

    @Test("a new offer replaces the open one, and candidates before any offer are not kept")
    func replacement() {
        let call = Call("a", "b")
        _ = call.send(.candidate, "0", from: "a")
        _ = call.send(.offer, "old", from: "a")
        _ = call.send(.candidate, "1", from: "a")
        _ = call.send(.offer, "new", from: "a")
        #expect(call.ready("b") == ["b:webrtc-offer(new)"])
    }

    @Test("at most as many candidates are kept as configured; all are shown")
    func candidateLimit() {
        var limits = MeetConfiguration.Limits()
        limits.storedCandidates = 2
        let call = Call("a", "b", limits: limits)
        _ = call.send(.offer, "o", from: "a")
        for number in 1...3 { #expect(call.send(.candidate, "\(number)", from: "a") == ["b:ice-candidate(\(number))"]) }
        #expect(call.ready("b") == ["b:webrtc-offer(o)", "b:ice-candidate(1)", "b:ice-candidate(2)"])
    }

    @Test("item 91: an open offer is dropped with the pair, and after its time; one timer serves all")
    func expiry() throws {
        let me = Box("b")
        _ = me.happened(.chatStart(participant: "b", partner: "a", pairID: "1", withVideo: true), now: .zero)
        let offer = Relay(.offer, pairID: "1", payload: ["o"])
        #expect(me.received(offer, now: .seconds(10)).last == .watchOffer(.seconds(30)))
        #expect(names(me.received(offer, now: .seconds(25))) == ["webrtc-offer"])
        #expect(me.offerTimePassed(now: .seconds(40)) == [.watchOffer(.seconds(15))])
        #expect(me.value.chat?.offer != nil)
        #expect(me.offerTimePassed(now: .seconds(55)) == [])
        #expect(me.value.chat?.offer == nil)
        #expect(me.received(offer, now: .seconds(60)).last == .watchOffer(.seconds(30)))
        _ = me.happened(.waiting(participant: "b"), now: .seconds(61))
        #expect(me.offerTimePassed(now: .seconds(90)) == [])
        #expect(me.value.state == .waiting)
    }
}
