import Matchmaking
import Testing

/// A machine under a manual clock, with the invariants checked after every step.
struct Scene {
    var machine: MatchMachine
    var now = Duration.seconds(1_000)
    /// The user of those who find and next.
    var user: String?
    /// The pair that was made last.
    private(set) var pair = ""

    init(policy: MatchPolicy = MatchPolicy(), user: String? = nil) {
        machine = MatchMachine(policy: policy)
        self.user = user
    }

    @discardableResult mutating func find(_ id: String, video: Bool = false, pool: String = "") -> MatchOutcome {
        apply(.find(participant: id, user: user, wantsVideo: video, pool: pool))
    }

    @discardableResult mutating func next(_ id: String) -> MatchOutcome { apply(.next(participant: id, user: user)) }

    @discardableResult mutating func leave(_ id: String) -> MatchOutcome { apply(.leave(participant: id)) }

    @discardableResult mutating func disconnect(_ id: String) -> MatchOutcome {
        apply(.disconnect(participant: id))
    }

    @discardableResult mutating func suspend(_ id: String) -> MatchOutcome { apply(.suspend(participant: id)) }

    @discardableResult mutating func resume(_ id: String) -> MatchOutcome {
        apply(.resume(participant: id, user: user))
    }

    @discardableResult mutating func tick() -> [MatchEvent] { remember(machine.tick(now: now)) }

    mutating func nodeLost(_ tag: String) -> [MatchEvent] { remember(machine.nodeLost(tag, now: now)) }

    /// Pairs two text users who find nobody else.
    @discardableResult mutating func chat(_ first: String, _ second: String) -> String {
        find(first)
        #expect(find(second).reply == .chatting(pairID: pair))
        return pair
    }

    mutating func apply(_ operation: MatchOperation) -> MatchOutcome {
        let outcome = machine.apply(operation, now: now)
        remember(outcome.events)
        return outcome
    }

    @discardableResult private mutating func remember(_ events: [MatchEvent]) -> [MatchEvent] {
        for case .chatStart(_, _, let pairID, _) in events { pair = pairID }
        #expect(machine.violations == [])
        return events
    }
}

extension MatchEvent {
    static func waiting(_ id: String) -> Self { .waiting(participant: id) }

    static func start(_ id: String, _ partner: String, _ pair: String, video: Bool = false) -> Self {
        .chatStart(participant: id, partner: partner, pairID: pair, withVideo: video)
    }

    static func left(_ id: String, _ partner: String, _ pair: String) -> Self {
        .partnerLeft(participant: id, partner: partner, pairID: pair)
    }

    static func presence(_ id: String, _ partner: String, _ pair: String, _ presence: Presence) -> Self {
        .partnerPresence(participant: id, partner: partner, pairID: pair, presence)
    }
}

extension MatchPolicy {
    static var never: Self {
        var policy = Self()
        policy.mixedMatch = .never
        return policy
    }

    static func rematch(_ rematch: Rematch) -> Self {
        var policy = Self()
        policy.rematch = rematch
        return policy
    }

    static func mixed(_ mixed: MixedMatch, video: MixedVideo = .any) -> Self {
        var policy = Self()
        policy.mixedMatch = mixed
        policy.mixedVideo = video
        return policy
    }
}
