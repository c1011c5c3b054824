/// Whether the server may be asked: after an attempt to connect that failed there is a pause, so that calls fail at once
/// instead of waiting, and the server is not flooded when it comes back.
struct Outage {
    private let first: Duration
    private let longest: Duration
    private var pause: Duration
    private var next: ContinuousClock.Instant?

    init(_ timing: MariaDBConfiguration.Timing) {
        first = timing.firstPause
        longest = timing.longestPause
        pause = timing.firstPause
    }

    /// Whether to try to connect now. Who is let through goes alone until the pause is over again.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        guard let next else { return true }
        guard now >= next else { return false }
        self.next = now + pause
        return true
    }

    /// An attempt to connect has failed.
    /// - Returns: whether the outage begins with it.
    mutating func failed(at now: ContinuousClock.Instant) -> Bool {
        defer {
            next = now + pause
            pause = min(pause * 2, longest)
        }
        return next == nil
    }

    /// A connection was made.
    /// - Returns: whether that ends an outage.
    mutating func ended() -> Bool {
        defer {
            next = nil
            pause = first
        }
        return next != nil
    }
}
