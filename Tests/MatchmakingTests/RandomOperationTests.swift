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
        var connections = Connections()
        var now = Duration.seconds(1)
        for _ in 0..<10_000 {
            now += .milliseconds(Int.random(in: 0...800, using: &random))
            if let next = machine.nextTick, next <= now { witness.saw(machine.tick(now: next)) }
            let operation = connections.possible(
                .random(of: 30, using: &random), hasGrace: policy.reconnectGrace > .zero)
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
        let waiting = machine.participants.filter {
            if case .waiting = $0.value.state { $0.value.absence == nil } else { false }
        }
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
        var grace = MatchPolicy()
        grace.reconnectGrace = .seconds(10)
        return [
            MatchPolicy(), .never, .mixed(.after(.seconds(2)), video: .both), .rematch(.baseline),
            .rematch(.cooldown(.seconds(5))), server, grace,
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
        switch operation {
        case .find, .next, .leave, .disconnect: leaves(id)
        case .suspend, .resume: break
        }
        saw(outcome.events)
        // Who is away has not heard yet.
        if case .suspend = operation { return }
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
            case .partnerPresence(let id, _, let pair, _):
                if pairs[id] != pair { complaints.append("\(id) hears of a partner that it does not have") }
            case .resumed(let id, .chatting(_, let pair, _)):
                if pairs[id] != pair { complaints.append("\(id) is back in \(pair), was in \(pairs[id] ?? "none")") }
            case .resumed(let id, nil): pairs[id] = nil
            case .resumed(let id, .idle), .resumed(let id, .waiting):
                if let pair = pairs[id] { complaints.append("\(id) is back, and not in \(pair)") }
            case .adopted(let id): complaints.append("\(id) went to another node, of which there is none")
            }
        }
    }
}

/// Who is away can only come back, or be gone.
private struct Connections {
    private var away: Set<String> = []

    mutating func possible(_ operation: MatchOperation, hasGrace: Bool) -> MatchOperation {
        let id = operation.participant
        switch operation {
        case .suspend where hasGrace:
            away.insert(id)
            return operation
        case .suspend: return .disconnect(participant: id)
        case .disconnect, .resume:
            away.remove(id)
            return operation
        case .find(_, let user, _, _), .next(_, let user, _):
            return away.remove(id) == nil ? operation : .resume(participant: id, user: user)
        case .leave: return away.remove(id) == nil ? operation : .disconnect(participant: id)
        }
    }
}
