import Testing

@testable import Meet

@Suite("The gate before a new chat (A.10.1)")
struct GateTests {
    private func asked(_ gate: inout Gate) { gate.asked() }
    private func started(_ gate: inout Gate) -> Int? { gate.chatStarted() }

    @Test("a first chat, and one that the client asked for, need no barrier")
    func asked() {
        var gate = Gate()
        for _ in 0..<3 {
            asked(&gate)
            #expect(started(&gate) == nil && gate.isOpen)
        }
    }

    @Test("a chat that the client did not ask for is behind a barrier; only the latest opens the gate")
    func surprised() {
        var gate = Gate()
        #expect(started(&gate) == nil)
        #expect(started(&gate) == 1 && !gate.isOpen)
        #expect(started(&gate) == 2)
        gate.passed(1)
        #expect(!gate.isOpen)
        gate.passed(2)
        #expect(gate.isOpen)
        asked(&gate)
        #expect(started(&gate) == nil && gate.isOpen)
    }

    @Test("who asks behind a closed gate may have meant an older chat")
    func askedBlindly() {
        var gate = Gate()
        _ = started(&gate)
        #expect(started(&gate) == 1)
        asked(&gate)
        #expect(started(&gate) == 2 && !gate.isOpen)
    }
}
