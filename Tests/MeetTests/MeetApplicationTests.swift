import EngineIO
import Matchmaking
import SocketIO
import SocketServer
import Synchronization
import TestSupport
import Testing

@testable import Meet

@Suite("Meet over the Socket.IO server")
struct MeetApplicationTests {
    private static func refusal(_ refusal: Refusal) -> String {
        #"[{"ok":false,"code":"\#(refusal.rawValue)","message":"\#(refusal.message)"}]"#
    }

    @Test("items 36 and 37: one waits, two are told of each other, with an acknowledgement of the new state")
    func pairing() async throws {
        let fixture = try await Fixture()
        let (first, second) = (try fixture.person(), try fixture.person())
        #expect(first.call(#"["findChat"]"#) == #"[{"ok":true,"state":"waiting"}]"#)
        #expect(first.received() == [#"["waiting"]"#])
        let answer = try #require(second.call(#"["findChat",null,false]"#))
        let pairID = try #require(answer.split(separator: "\"").dropLast().last)
        #expect(answer == #"[{"ok":true,"state":"chatting","pairId":"\#(pairID)"}]"#)
        let start = #"["chatStart",{"withVideo":false,"partnerId":"B","pairId":"\#(pairID)"}]"#
        #expect(first.received(first, second) == [start])
        #expect(second.received(second, first).first == #"["waiting"]"#)
    }

    @Test("items 68, 69 and 71: a message reaches both members and nobody else")
    func message() async throws {
        let fixture = try await Fixture()
        let (first, second) = try fixture.pair()
        let (third, fourth) = try fixture.pair()
        fixture.advance(.milliseconds(1_500))
        for person in [first, second, third, fourth] { _ = person.received() }
        #expect(first.call(#"["sendMessage","<b>\"hi\" \ud83d\ude00"]"#) == #"[{"ok":true}]"#)
        let message = [
            #"["message",{"sender":"A","text":"<b>\"hi\" 😀","senderEmail":"Anonymous","#
                + #""timestamp":"2027-01-15T08:00:01.500Z"}]"#
        ]
        #expect(first.received(first) == message)
        #expect(second.received(first) == message)
        #expect(third.received() + fourth.received() == [])
    }

    @Test("items 41 and 74, 92: what is wrong is refused with its code and disturbs nobody")
    func refusals() async throws {
        let fixture = try await Fixture()
        let idle = try fixture.person()
        #expect(idle.call(#"["sendMessage","x"]"#) == Self.refusal(.notPaired))
        #expect(idle.call(#"["webrtc-offer",{"offer":{}}]"#) == Self.refusal(.notPaired))
        #expect(idle.call(#"["ready-to-connect"]"#) == Self.refusal(.notPaired))
        #expect(idle.call(#"["noSuchEvent",1]"#) == Self.refusal(.invalidPayload))
        #expect(idle.call(#"["findChat",null,"false"]"#) == Self.refusal(.invalidPayload))
        #expect(idle.received().contains(#"["waiting"]"#))
        _ = idle.call(#"["leaveChat"]"#)
        let (first, second) = try fixture.pair()
        let long = String(repeating: "x", count: 5_001)
        for (event, refusal) in [
            (#"["sendMessage"]"#, Refusal.invalidPayload), (#"["sendMessage"," "]"#, .invalidPayload),
            (#"["sendMessage",{"a":1}]"#, .invalidPayload), ("[\"sendMessage\",\"\(long)\"]", .tooLarge),
            (#"["sendMessage","x",{"pairId":"other"}]"#, .stalePair), (#"["webrtc-answer"]"#, .invalidPayload),
            (#"["ice-candidate",{"candidate":"\#(long)"}]"#, .tooLarge),
            (#"["webrtc-offer",{"offer":{},"pairId":"other"}]"#, .stalePair),
        ] {
            #expect(first.call(event) == Self.refusal(refusal), "\(event.prefix(40))")
        }
        #expect(first.received() + second.received() == [])
        #expect(first.closeReason == nil)
        #expect(fixture.application.metrics.refused[.tooLarge] == 2)
    }

    @Test("items 48 and 51: next tells the partner first, then both wait, then they meet again, behind a barrier")
    func next() async throws {
        let fixture = try await Fixture()
        let (first, second) = try fixture.pair()
        first.send(#"["next"]"#)
        let events = second.received(first).map { $0.prefix(14) }
        #expect(events == [#"["partnerLeft","#, #"["waiting"]"#, "", #"["chatStart",{"#].map { $0.prefix(14) })
        #expect(first.received().map { $0.prefix(11) } == [#"["waiting"]"#, #"["chatStart"#])
    }

    @Test("who names a pool is paired within it; a name that is not known changes nothing")
    func pools() async throws {
        let pools = try MeetPools(["north"])
        let fixture = try await Fixture { $0.pools = pools }
        let (first, second) = (try fixture.person(), try fixture.person())
        first.send(#"["findChat",{"pool":"north"}]"#)
        #expect(first.received() == [#"["waiting"]"#])
        #expect(second.call(#"["findChat"]"#) == #"[{"ok":true,"state":"waiting"}]"#)
        #expect(second.call(#"["findChat",null,false,{"pool":"west"}]"#) == Self.refusal(.unknownPool))
        #expect(second.received() == [#"["waiting"]"#])
        second.send(#"["findChat",null,false,{"pool":"north"}]"#)
        #expect(first.received(second).map { $0.prefix(11) } == [#"["chatStart"#])
        #expect(fixture.application.metrics.refused[.unknownPool] == 1)
    }

    @Test("items 46, 56 and 67: findChat, a disconnect and leaveChat leave the partner idle, told once")
    func leaving() async throws {
        let fixture = try await Fixture()
        for leave in [#"["findChat"]"#, #"["leaveChat"]"#, nil] {
            let (first, second) = try fixture.pair()
            if let leave { first.send(leave) } else { first.close() }
            #expect(second.received(first) == [#"["partnerLeft",{"partnerId":"A"}]"#])
            #expect(second.call(#"["sendMessage","x"]"#) == Self.refusal(.notPaired))
            if leave == #"["leaveChat"]"# {
                #expect(first.received() == [])
                #expect(first.call(#"["leaveChat"]"#) == #"[{"ok":true,"state":"idle"}]"#)
            }
            first.close()
            second.close()
        }
    }

    @Test("items 79 and 86: readiness asks the smaller id, signalling is relayed with its sender")
    func signalling() async throws {
        let fixture = try await Fixture()
        let people = try fixture.pair(video: true)
        let (smaller, larger) = people.0.id < people.1.id ? people : (people.1, people.0)
        #expect(smaller.call(#"["ready-to-connect"]"#) == #"[{"ok":true}]"#)
        #expect(smaller.received() == [])
        larger.send(#"["ready-to-connect"]"#)
        #expect(smaller.received() == [#"["create-offer"]"#])
        smaller.send(#"["webrtc-offer",{"offer":{"sdp":"v=0","x":[1,{"y":null}]},"to":"somebody"}]"#)
        let offer = #"["webrtc-offer",{"offer":{"sdp":"v=0","x":[1,{"y":null}]},"from":"A"}]"#
        #expect(larger.received(smaller) == [offer])
        larger.send(#"["ready-to-connect"]"#)
        #expect(larger.received(smaller).count == 1)
        larger.send(#"["webrtc-answer",{"answer":{"sdp":"v=1"}}]"#)
        larger.send(#"["ice-candidate",{"candidate":null}]"#)
        #expect(
            smaller.received(larger) == [
                #"["webrtc-answer",{"answer":{"sdp":"v=1"},"from":"A"}]"#,
                #"["ice-candidate",{"candidate":null,"from":"A"}]"#,
            ])
        #expect(larger.received() == [])
        #expect(fixture.application.metrics.signals == 3)
    }

    @Test("an open offer is forgotten after its time")
    func offerLifetime() async throws {
        let fixture = try await Fixture()
        let (first, second) = try fixture.pair(video: true)
        first.send(#"["webrtc-offer",{"offer":{}}]"#)
        fixture.advance(.seconds(31))
        _ = second.received()
        second.send(#"["ready-to-connect"]"#)
        #expect(second.received() == [])
    }

    @Test("clients of both namespaces share one queue and one count")
    func namespaces() async throws {
        let fixture = try await Fixture()
        let (first, second) = (try fixture.person(), try fixture.person("/meet"))
        first.send(#"["findChat"]"#)
        second.send(#"["findChat"]"#)
        _ = (first.received(), second.received())
        second.send(#"["sendMessage","x"]"#)
        #expect(first.received().count == 1)
        fixture.advance(.seconds(1))
        first.close()
        #expect(second.received(first).contains(#"["partnerLeft",{"partnerId":"A"}]"#))
        fixture.advance(.seconds(1))
        #expect(second.received().last == #"["onlineUsers",1]"#)
    }

    @Test("items 29 to 31: a new socket gets the count at once, the others within the interval")
    func online() async throws {
        let fixture = try await Fixture()
        let first = try fixture.person()
        let second = Person(fixture.server)
        try second.takeID()
        #expect(second.received() == [#"["onlineUsers",2]"#])
        let third = try fixture.person()
        fixture.advance(.milliseconds(999))
        #expect(first.received() == [])
        fixture.advance(.milliseconds(1))
        #expect(first.received() == [#"["onlineUsers",3]"#])
        third.close()
        fixture.advance(.seconds(1))
        #expect(first.received() == [#"["onlineUsers",2]"#])
    }

    @Test("while the store is away one who searches waits, and is queued when it is back, without asking again")
    func outage() async throws {
        let fixture = try await Fixture()
        let (first, second) = (try fixture.person(), try fixture.person())
        fixture.matchmaker.isAway.withLock { $0 = true }
        #expect(first.call(#"["findChat"]"#) == Self.refusal(.unavailable))
        #expect(first.received() == [#"["waiting"]"#])
        fixture.advance(.seconds(3))
        #expect(first.received().filter { $0.contains("waiting") } == [])
        fixture.matchmaker.isAway.withLock { $0 = false }
        fixture.advance(.seconds(1))
        second.send(#"["findChat"]"#)
        #expect(first.received().contains { $0.hasPrefix(#"["chatStart""#) })
    }

    @Test("an outage leaves a chat as it is")
    func outageWhileChatting() async throws {
        let fixture = try await Fixture()
        let (first, second) = try fixture.pair()
        fixture.matchmaker.isAway.withLock { $0 = true }
        #expect(first.call(#"["next"]"#) == Self.refusal(.unavailable))
        #expect(first.call(#"["sendMessage","still here"]"#) == #"[{"ok":true}]"#)
        #expect(second.received().count == 1)
    }
}
