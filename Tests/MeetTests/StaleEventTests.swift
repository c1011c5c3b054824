import Testing

@testable import Meet

/// Who chats with whom: A with B, then B goes on, and A is paired with C, who arrives; its page does not know yet.
@Suite("Events for a former partner (A.10.1, M-09)")
struct StaleEventTests {
    private struct Scene {
        let fixture: Fixture
        let (a, b, c): (Person, Person, Person)
        let pairID: String

        init(_ change: (inout MeetConfiguration) -> Void = { _ in }) async throws {
            fixture = try await Fixture(change)
            (a, b) = try fixture.pair()
            let other = try fixture.person()
            c = try fixture.person()
            other.send(#"["findChat"]"#)
            b.send(#"["next"]"#)
            c.send(#"["findChat"]"#)
            let seen = a.received(a, b, c)
            pairID = String(try #require(seen.last?.firstMatch(of: #/"pairId":"[^"]*"/#)).output)
            #expect(seen.dropLast() == [#"["partnerLeft",{"partnerId":"B"}]"#, #"["waiting"]"#, ""])
            #expect(seen.last?.hasPrefix(#"["chatStart","#) == true)
            _ = c.received()
        }
    }

    private static let stale = #"[{"ok":false,"code":"stale_pair","message":"This was meant for a former partner"}]"#

    @Test("item 76: nothing that comes before the pong reaches the new partner, and everything after it does")
    func barrier() async throws {
        let scene = try await Scene()
        let events = [
            #"["sendMessage","for B"]"#, #"["webrtc-offer",{"offer":{}}]"#, #"["ice-candidate",{"candidate":null}]"#,
            #"["ready-to-connect"]"#, #"["next"]"#,
        ]
        for event in events { #expect(scene.a.call(event) == Self.stale) }
        #expect(scene.a.received() == [] && scene.c.received() == [])
        scene.a.barrierPassed()
        #expect(scene.a.call(#"["sendMessage","for C"]"#) == #"[{"ok":true}]"#)
        #expect(scene.c.received().count == 1)
        #expect(scene.fixture.application.metrics.refused == [.stalePair: events.count])
    }

    @Test("item 76: the id of the pair proves that the client has seen its chatStart")
    func pairID() async throws {
        let scene = try await Scene()
        #expect(scene.a.call("[\"sendMessage\",\"x\",{\(scene.pairID)}]") == #"[{"ok":true}]"#)
        #expect(scene.a.call(#"["sendMessage","x",{"pairId":"old"}]"#) == Self.stale)
    }

    @Test("who leaves before it has seen the new chat leaves that; who confirms stays in it (F.1)")
    func otherRequests() async throws {
        let scene = try await Scene()
        #expect(scene.a.call(#"["findChat"]"#)?.hasPrefix(#"[{"ok":true,"state":"chatting""#) == true)
        #expect(scene.a.call(#"["leaveChat"]"#) == #"[{"ok":true,"state":"idle"}]"#)
        #expect(scene.c.received(scene.a) == [#"["partnerLeft",{"partnerId":"A"}]"#])
    }

    @Test("a barrier that is not answered counts as passed after its timeout, unless pairs are strict")
    func timeout() async throws {
        for isStrict in [true, false] {
            let scene = try await Scene { $0.strictPair = isStrict }
            scene.fixture.advance(.milliseconds(1_999))
            #expect(scene.a.call(#"["sendMessage","x"]"#) == Self.stale)
            scene.fixture.advance(.milliseconds(2))
            #expect(scene.a.call(#"["sendMessage","x"]"#) == (isStrict ? Self.stale : #"[{"ok":true}]"#))
        }
    }
}
