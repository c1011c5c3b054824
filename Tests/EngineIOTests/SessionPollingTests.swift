import Testing

@testable import EngineIO

@Suite("Session: polling")
struct SessionPollingTests {
    @Test("answers a poll with what is queued, in one payload")
    func queued() {
        let session = SessionBench()
        for text in ["a", "b", "c"] { #expect(session.send(text) == "queued") }
        #expect(session.poll() == "answer 4a\u{1E}4b\u{1E}4c")
        #expect(session.poll() == "hold")
    }

    @Test("holds a poll until the end of the turn in which something is queued")
    func held() {
        let session = SessionBench()
        #expect(session.poll() == "hold")
        #expect(session.turnEnded() == nil)
        #expect(session.send("a") == "ready")
        #expect(session.send("b") == "ready")
        #expect(session.turnEnded() == "4a\u{1E}4b")
        #expect(session.turnEnded() == nil)
        #expect(session.send("c") == "queued")
        #expect(session.turnEnded() == nil)
    }

    @Test("drops volatile messages unless a poll is pending")
    func volatile() {
        let session = SessionBench()
        #expect(session.send("a", volatile: true) == "dropped")
        #expect(session.poll() == "hold")
        #expect(session.send("b", volatile: true) == "ready")
        #expect(session.turnEnded() == "4b")
    }

    @Test("ends when a second poll arrives: the first gets the close packet")
    func overlap() {
        let session = SessionBench()
        #expect(session.poll() == "hold")
        #expect(session.poll() == "overlap transport error poll 1 ws closePacket")
        #expect(session.poll() == "refuse")
    }

    @Test("ends when the client gives up its poll, but not for one that was answered")
    func aborted() {
        let session = SessionBench()
        #expect(session.pollAborted() == nil)
        #expect(session.poll() == "hold")
        #expect(session.pollAborted() == "transport close ws closePacket")
        #expect(session.pollAborted() == nil)
        #expect(session.poll() == "refuse")
    }

    @Test("ends when a client that may have lost an answer does not poll again")
    func missed() {
        let session = SessionBench()
        #expect(session.poll() == "hold")
        #expect(session.pollMissed() == nil)
        #expect(session.send("a") == "ready")
        #expect(session.turnEnded() == "4a")
        #expect(session.pollMissed() == "transport close ws closePacket")
        #expect(session.pollMissed() == nil)
        #expect(SessionBench(.websocket).pollMissed() == nil)
    }

    @Test("refuses polling requests of a WebSocket session")
    func mismatch() {
        let session = SessionBench(.websocket)
        #expect(session.poll() == "refuse")
        #expect(session.post() == "refuse")
        #expect(session.isOpen)
    }

    @Test("takes posts one at a time")
    func post() {
        let session = SessionBench()
        #expect(session.post() == "accept")
        #expect(session.postBegan() == nil)
        #expect(session.post(hadBegun: true) == "accept")
        #expect(session.postBegan() == nil)
        #expect(session.postAborted(isRefused: true) == nil)
        #expect(session.post() == "accept")
    }

    @Test("ends when posts overlap, or when one is given up")
    func postOverlap() {
        let begun = SessionBench()
        #expect(begun.postBegan() == nil)
        #expect(begun.postBegan() == "transport error ws closePacket")
        #expect(begun.post(hadBegun: true) == "refuse")
        let overtaken = SessionBench()
        #expect(overtaken.postBegan() == nil)
        #expect(overtaken.post() == "overlap transport error ws closePacket")
        let aborted = SessionBench()
        #expect(aborted.postBegan() == nil)
        #expect(aborted.postAborted(isRefused: false) == "transport error ws closePacket")
    }
}
