import Figures
import TestSupport
import Testing

@testable import Meet

@Suite("Figures of pairing")
struct PairingFiguresTests {
    @Test("who waits is counted from the request to the chat, and the time of both is recorded")
    func pairing() async throws {
        let fixture = try await Fixture()
        let (first, second) = (try fixture.person(), try fixture.person())
        #expect(fixture.application.metrics.waiting == 0)
        first.send(#"["findChat"]"#)
        fixture.advance(.seconds(3))
        var metrics = fixture.application.metrics
        #expect(metrics.waiting == 1 && metrics.longestWait == .seconds(3) && metrics.chatting == 0)
        second.send(#"["findChat"]"#)
        metrics = fixture.application.metrics
        #expect(metrics.waiting == 0 && metrics.longestWait == .zero && metrics.chatting == 2)
        #expect(metrics.matchTimes.count == 2 && metrics.matchTimes.sum == 3)
    }

    @Test("who asks again waits since the first time")
    func again() async throws {
        let fixture = try await Fixture()
        let person = try fixture.person()
        person.send(#"["findChat"]"#)
        fixture.advance(.seconds(2))
        person.send(#"["findChat"]"#)
        #expect(fixture.application.metrics.waiting == 1)
        #expect(fixture.application.metrics.longestWait == .seconds(2))
    }

    @Test("a chat that ends, a participant who leaves and one who disconnects are not counted any more")
    func endings() async throws {
        let fixture = try await Fixture()
        let (first, second) = try fixture.pair()
        let third = try fixture.person()
        first.send(#"["leaveChat"]"#)
        #expect(fixture.application.metrics.chatting == 0)
        _ = second
        third.send(#"["findChat"]"#)
        #expect(fixture.application.metrics.waiting == 1)
        third.close()
        #expect(fixture.application.metrics.waiting == 0)
    }

    @Test("the next chat is recorded, too, as a wait of its own")
    func next() async throws {
        let fixture = try await Fixture()
        let (first, second) = try fixture.pair()
        let before = fixture.application.metrics.matchTimes.count
        first.send(#"["next"]"#)
        second.send(#"["findChat"]"#)
        let metrics = fixture.application.metrics
        #expect(metrics.chatting == 2 && metrics.waiting == 0)
        #expect(metrics.matchTimes.count == before + 2 && metrics.matchTimes.sum == 0)
    }
}
