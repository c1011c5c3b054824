/// Pauses between attempts to connect: none after a connection that held, then doubling up to a longest one.
struct BackOff {
    private let first: Duration
    private let longest: Duration
    private var next: Duration = .zero

    /// - Parameter timing: first and longest pause.
    init(_ timing: RedisConfiguration.Timing) {
        first = timing.firstBackOff
        longest = timing.longestBackOff
    }

    /// A connection was up and working.
    mutating func succeeded() {
        next = .zero
    }

    /// An attempt, or a connection, has ended.
    /// - Parameter jitter: random, 0 to 1: takes off up to half of the pause, so that nodes do not come all at once.
    /// - Returns: how long to wait before the next attempt.
    mutating func pause(jitter: Double) -> Duration {
        defer { next = next == .zero ? first : min(next * 2, longest) }
        return next * (1 - jitter / 2)
    }
}
