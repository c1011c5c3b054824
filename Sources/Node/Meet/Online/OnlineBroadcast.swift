/// When a node tells its clients the online count: at once after a quiet time, otherwise at most once per interval
/// (applications, A.8).
///
/// Every change leads to a broadcast in the end, also one that was taken back meanwhile: a client that connected in
/// between was told the value of that moment.
struct OnlineBroadcast {
    private let interval: Duration
    private var last: Duration?
    private var isScheduled = false

    /// What follows from a change.
    enum Action: Equatable {
        /// Tell everybody now.
        case broadcast
        /// Call ``intervalPassed(now:)`` after this time, and tell everybody then.
        case schedule(Duration)
        /// A broadcast is on its way already.
        case none
    }

    init(interval: Duration) {
        self.interval = interval
    }

    /// The count changed, or somebody was told a value that may not last.
    /// - Parameter now: time since any fixed instant.
    /// - Returns: what follows.
    mutating func changed(now: Duration) -> Action {
        guard !isScheduled else { return .none }
        if let last, now < last + interval {
            isScheduled = true
            return .schedule(last + interval - now)
        }
        last = now
        return .broadcast
    }

    /// The time that ``changed(now:)`` asked for has passed: everybody is told now.
    /// - Parameter now: time since the same instant.
    mutating func intervalPassed(now: Duration) {
        isScheduled = false
        last = now
    }
}
