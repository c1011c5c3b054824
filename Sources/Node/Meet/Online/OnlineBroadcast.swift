/// When a node tells its clients the online count: at once after a quiet time, otherwise at most once per interval
/// (applications, A.8).
///
/// Every change leads to a broadcast in the end, also one that was taken back meanwhile: a client that connected in
/// between was told the value of that moment.
struct OnlineBroadcast {
    private let interval: Duration
    private var latest = 0
    private var last: Duration?
    private var isScheduled = false

    /// What follows from a change.
    enum Action: Equatable {
        /// Tell everybody now.
        case broadcast(Int)
        /// Call ``intervalPassed(now:)`` after this time.
        case schedule(Duration)
        /// A broadcast is on its way already.
        case none
    }

    init(interval: Duration) {
        self.interval = interval
    }

    /// The count changed.
    /// - Parameters:
    ///   - total: the count.
    ///   - now: time since any fixed instant.
    mutating func changed(to total: Int, now: Duration) -> Action {
        latest = total
        guard !isScheduled else { return .none }
        if let last, now < last + interval {
            isScheduled = true
            return .schedule(last + interval - now)
        }
        last = now
        return .broadcast(total)
    }

    /// The time that ``changed(to:now:)`` asked for has passed.
    /// - Returns: the count to tell everybody.
    mutating func intervalPassed(now: Duration) -> Int {
        isScheduled = false
        last = now
        return latest
    }
}
