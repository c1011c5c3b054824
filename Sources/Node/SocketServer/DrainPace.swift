/// How many sessions of an event loop end with each step of a drain.
struct DrainPace: Sendable {
    /// Time between two steps, on average.
    static let interval: Duration = .milliseconds(100)
    /// Sessions per step, over all loops, that nobody needs to be spared: 500 per second.
    static let smallestBatch = 50

    /// How long the drain shall take.
    let time: Duration
    let shardCount: Int

    /// Time until the next step, uneven so that nodes that drain together do not keep step.
    /// - Parameter random: from 0 to 1.
    /// - Returns: half an interval to one and a half.
    func pause(_ random: Double) -> Duration { Self.interval * (0.5 + random) }

    /// The size of a step: what is left, spread over the steps that are left.
    /// - Parameters:
    ///   - count: sessions that are left on the loop.
    ///   - elapsed: time since the drain began.
    /// - Returns: how many of them end now; all when the time is over.
    func batch(of count: Int, elapsed: Duration) -> Int {
        let left = time - elapsed
        guard left > .zero else { return count }
        let steps = max(1, Int((left / Self.interval).rounded(.up)))
        let share = count / steps + (count % steps == 0 ? 0 : 1)
        return min(count, max(share, Self.smallestBatch / shardCount, 1))
    }
}
