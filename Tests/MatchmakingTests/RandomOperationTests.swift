import MatchmakerConformance
import Testing

@testable import Matchmaking

/// Random operations against the invariants (applications, A.6.5), and against what a participant may see.
@Suite struct RandomOperationTests {
    @Test("60, 61: 10,000 random operations keep the invariants", arguments: MatchPolicy.examples)
    func randomOperations(policy: MatchPolicy) {
        var random = SeededGenerator(seed: 42)
        var machine = MatchMachine(policy: policy)
        var witness = Witness()
        var now = Duration.seconds(1)
        for _ in 0..<10_000 {
            now += .milliseconds(Int.random(in: 0...800, using: &random))
            if let next = machine.nextMatch, next <= now { witness.saw(machine.tick(now: next)) }
            let operation = MatchOperation.random(of: 30, using: &random)
            let outcome = machine.apply(operation, now: now)
            witness.saw(outcome, of: operation)
            #expect(machine.violations == [])
            #expect(pairable(machine, at: now) == [], "somebody waits although a partner is there")
        }
        #expect(witness.complaints == [])
        #expect(witness.chats > 1_000)
    }

    /// Two waiting participants that could be paired: a full scan with rules of its own.
    private func pairable(_ machine: MatchMachine, at now: Duration) -> [String] {
        let waiting = machine.participants.filter { if case .waiting = $0.value.state { true } else { false } }
        guard machine.policy.mixedMatch == .immediate, machine.policy.rematch != .cooldown(.seconds(5)) else {
            return []
        }
        for (id, one) in waiting {
            for (other, two) in waiting
            where id < other && one.pool == two.pool && (one.user == nil || one.user != two.user) {
                return [id, other]
            }
        }
        return []
    }
}

extension MatchPolicy {
    /// Policies that differ in what the machine does.
    static var examples: [MatchPolicy] {
        var server = MatchPolicy()
        server.requeueOnPartnerDisconnect = .server
        return [
            MatchPolicy(), .never, .mixed(.after(.seconds(2)), video: .both), .rematch(.baseline),
            .rematch(.cooldown(.seconds(5))), server,
        ]
    }
}

/// What a participant may see: one chat at a time, each ended by itself or by one `partnerLeft` (A.6.5, item 5).
struct Witness {
    private var pairs: [String: String] = [:]
    private(set) var complaints: [String] = []
    private(set) var chats = 0

    mutating func saw(_ outcome: MatchOutcome, of operation: MatchOperation) {
        let id = operation.participant
        if case .chatting(let pair) = outcome.reply, pairs[id] == pair, outcome.events == [] {
            return  // A confirmation.
        }
        leaves(id)
        saw(outcome.events)
        let expected: MatchReply? =
            if let pair = pairs[id] { .chatting(pairID: pair) } else { nil }
        if let expected, expected != outcome.reply { complaints.append("\(id) is \(outcome.reply), saw \(expected)") }
    }

    /// A participant ends its chat itself, if it is in one.
    mutating func leaves(_ id: String) { pairs[id] = nil }

    mutating func saw(_ events: [MatchEvent]) {
        for event in events {
            switch event {
            case .waiting(let id):
                if let pair = pairs[id] { complaints.append("\(id) waits while chatting in \(pair)") }
            case .chatStart(let id, let partner, let pair, _):
                if pairs[id] != nil || id == partner { complaints.append("\(id) starts \(pair) with \(partner)") }
                pairs[id] = pair
                chats += 1
            case .partnerLeft(let id, _, let pair):
                if pairs[id] != pair { complaints.append("\(id) is left in \(pair), was in \(pairs[id] ?? "none")") }
                pairs[id] = nil
            }
        }
    }
}
