import NIOCore

/// Judges from the silence on a connection whether Redis is there.
struct LinkHealth {
    /// What to think of the other side.
    enum Verdict: Equatable {
        case alive
        case unresponsive
        case dead
    }

    private let unresponsive: TimeAmount
    private let dead: TimeAmount
    private let lateness: TimeAmount
    private var lastHeard: NIODeadline
    private var lastTick: NIODeadline

    /// - Parameters:
    ///   - timing: the thresholds.
    ///   - now: when the connection was made.
    init(_ timing: RedisConfiguration.Timing, at now: NIODeadline) {
        unresponsive = TimeAmount(timing.unresponsive)
        dead = TimeAmount(timing.dead)
        lateness = TimeAmount(timing.ping * 3)
        lastHeard = now
        lastTick = now
    }

    /// Something was received.
    mutating func heard(at now: NIODeadline) {
        lastHeard = now
    }

    /// The moment of a regular check. One that comes much too late says that this process stood still, not Redis.
    mutating func ticked(at now: NIODeadline) -> Verdict {
        if now - lastTick > lateness { lastHeard = now }
        lastTick = now
        let silence = now - lastHeard
        return silence >= dead ? .dead : silence >= unresponsive ? .unresponsive : .alive
    }
}
