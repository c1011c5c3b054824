import Testing

@testable import Matchmaking

/// Who is paired with whom (applications, A.6.1–A.6.3) and the policies (A.6.5).
@Suite struct PairingTests {
    @Test(
        "Item 042: every worked example, with the queue loaded before the run",
        arguments: [
            ("v1 v2", "v1-v2v"), ("t1 t2", "t1-t2"), ("v1 t1", "v1-t1v"), ("v1 t1 v2", "v1-v2v"),
            ("t1 v1 t2 v2", "v1-v2v t1-t2"), ("t1 v1 v2 v3", "v1-v2v t1-v3v"), ("v1 v2 v3", "v1-v2v"),
            ("v1 t1 t2 t3", "t1-t2 v1-t3v"),
        ]) func workedExample(queue: String, pairs: String)
    {
        var machine = MatchMachine()
        for (place, id) in queue.split(separator: " ").map(String.init).enumerated() {
            machine.participants[id] = Participant()
            machine.participants[id]?.wantsVideo = id.hasPrefix("v")
            machine.enqueue(id, at: Int64(place))
        }
        machine.match(in: "", fresh: [], now: 1_000_000)
        let events = machine.events
        let made = stride(from: 0, to: events.count, by: 2).map { index -> String in
            guard case .chatStart(let id, let partner, let pair, let video) = events[index] else { return "?" }
            #expect(events[index + 1] == .start(partner, id, pair, video: video))
            return "\(id)-\(partner)\(video ? "v" : "")"
        }
        #expect(made.joined(separator: " ") == pairs)
        #expect(machine.violations == [])
    }

    @Test("39: mixed pairs", arguments: [(MatchPolicy.MixedVideo.any, true), (.both, false)])
    func mixedVideo(policy: MatchPolicy.MixedVideo, withVideo: Bool) {
        var chats = Scene(policy: .mixed(.immediate, video: policy))
        chats.find("a", video: true)
        let outcome = chats.find("b")
        #expect(
            outcome.events.dropFirst() == [
                .start("a", "b", chats.pair, video: withVideo), .start("b", "a", chats.pair, video: withVideo),
            ])
    }

    @Test("39: mixed pairs never") func mixedNever() {
        var chats = Scene(policy: .never)
        chats.find("a", video: true)
        #expect(chats.find("b").reply == .waiting)
        #expect(chats.machine.nextTick == nil)
        #expect(chats.find("c").events.last == .start("c", "b", chats.pair))
    }

    @Test("39: mixed pairs after a while, when the longer-waiting has waited it") func mixedAfter() {
        var chats = Scene(policy: .mixed(.after(.seconds(3))))
        chats.find("a", video: true)
        #expect(chats.machine.nextTick == nil)
        chats.now += .seconds(1)
        #expect(chats.find("b").reply == .waiting)
        #expect(chats.machine.nextTick == chats.now + .seconds(2))
        chats.now += .seconds(2) - .microseconds(1)
        #expect(chats.tick() == [])
        chats.now += .microseconds(1)
        #expect(chats.tick().first == .start("a", "b", chats.pair, video: true))
        #expect(chats.machine.nextTick == nil)
        chats.find("c", video: true)
        chats.now += .seconds(4)
        #expect(chats.find("d").reply == .chatting(pairID: chats.pair), "c has waited long enough")
    }

    @Test("43: 101 text users one by one are paired as neighbours") func firstInFirstOut() {
        var chats = Scene()
        for number in 0...100 {
            let outcome = chats.find("u\(number)")
            guard number % 2 == 1 else { continue }
            #expect(outcome.events.dropFirst().first == .start("u\(number - 1)", "u\(number)", chats.pair))
        }
        #expect(chats.leave("u100").events == [])
    }

    @Test("51: two alone are re-paired at once", arguments: [MatchPolicy.Rematch.preferNew, .baseline])
    func rePaired(rematch: MatchPolicy.Rematch) {
        var chats = Scene(policy: .rematch(rematch))
        let old = chats.chat("a", "b")
        let outcome = chats.next("a")
        #expect(outcome.reply == .chatting(pairID: chats.pair))
        #expect(chats.pair != old)
        #expect(
            outcome.events == [
                .left("b", "a", old), .waiting("b"), .waiting("a"), .start("a", "b", chats.pair),
                .start("b", "a", chats.pair),
            ])
    }

    @Test("51: with a cooldown two alone are re-paired when it is over, not before") func cooldown() {
        var chats = Scene(policy: .rematch(.cooldown(.seconds(5))))
        chats.chat("a", "b")
        #expect(chats.next("a").reply == .waiting)
        #expect(chats.machine.nextTick == chats.now + .seconds(5))
        chats.now += .seconds(5) - .microseconds(1)
        #expect(chats.tick() == [])
        chats.now += .microseconds(1)
        #expect(chats.tick() == [.start("a", "b", chats.pair), .start("b", "a", chats.pair)])
        #expect(chats.machine.nextTick == nil)
    }

    @Test("a cooldown ends by itself for an operation that comes after it") func cooldownOver() {
        var chats = Scene(policy: .rematch(.cooldown(.seconds(5))))
        chats.chat("a", "b")
        chats.leave("a")
        chats.now += .seconds(5)
        chats.chat("a", "b")
    }

    @Test("52: both press next: two dissolutions of two pairs, one partnerLeft each") func bothNext() {
        var chats = Scene()
        let first = chats.chat("a", "b")
        let one = chats.next("a")
        let second = chats.pair
        let two = chats.next("b")
        #expect(one.events.filter { $0 == .left("b", "a", first) }.count == 1)
        #expect(two.events.filter { $0 == .left("a", "b", second) }.count == 1)
        #expect(!two.events.contains(.left("a", "b", first)))
        #expect(two.reply == .chatting(pairID: chats.pair))
    }

    @Test("53: after next the caller gets the waiter and the former partner waits for somebody new")
    func preferNew() {
        var chats = Scene()
        chats.chat("a", "b")
        chats.find("c")
        let outcome = chats.next("a")
        #expect(outcome.events.suffix(2) == [.start("c", "a", chats.pair), .start("a", "c", chats.pair)])
        #expect(chats.find("d").events.dropFirst().first == .start("b", "d", chats.pair))
    }

    @Test("prefer-new takes a partner of the other wish before the former one") func preferNewMixed() {
        var chats = Scene()
        chats.chat("a", "b")
        chats.find("c", video: true)
        #expect(chats.next("a").events.suffix(2).first == .start("c", "a", chats.pair, video: true))
    }

    @Test("baseline re-pairs former partners in order of arrival") func baseline() {
        var chats = Scene(policy: .rematch(.baseline))
        chats.chat("a", "b")
        chats.leave("a")
        chats.find("b")
        #expect(chats.find("a").reply == .chatting(pairID: chats.pair))
    }

    @Test("59: sockets of one user are never paired with each other") func sameUser() {
        var chats = Scene(user: "ann")
        chats.find("tab1")
        #expect(chats.find("tab2").reply == .waiting)
        chats.user = "bob"
        #expect(chats.find("b").events.dropFirst().first == .start("tab1", "b", chats.pair))
        chats.user = nil
        #expect(chats.find("c").events.dropFirst().first == .start("tab2", "c", chats.pair))
    }

    @Test("sockets of one user may be paired by policy") func sameUserAllowed() {
        var policy = MatchPolicy()
        policy.allowSameUser = true
        var chats = Scene(policy: policy, user: "ann")
        chats.chat("tab1", "tab2")
    }

    @Test("59: behind more tabs of one user than the window, a stranger is still found") func manyTabs() {
        var chats = Scene(user: "ann")
        for tab in 0..<(3 * MatchMachine.window) { chats.find("tab\(tab)") }
        chats.user = nil
        for stranger in 0..<(3 * MatchMachine.window) {
            #expect(
                chats.find("s\(stranger)").events.dropFirst().first
                    == .start("tab\(stranger)", "s\(stranger)", chats.pair))
        }
    }
}
