/// The sockets that lost their connection and may come back, by their private ids. Bounded by number and age; the oldest
/// go first.
///
/// A value: time is an argument.
public struct LostSessions: Sendable {
    /// How many may wait at most.
    public let limit: Int
    private var sessions: [String: (session: RecoverableSession, deadline: Duration)] = [:]
    // All wait equally long, so the order of arrival is the order of deadlines.
    private var deadlines: [(deadline: Duration, pid: String)] = []
    private var start = 0

    /// An empty table.
    /// - Parameter limit: how many may wait at most.
    public init(limit: Int) { self.limit = limit }

    /// How many wait.
    public var count: Int { sessions.count }

    /// When the next one is to be given up; it may have come back meanwhile.
    public var nextDeadline: Duration? { start < deadlines.count ? deadlines[start].deadline : nil }

    /// A socket lost its connection.
    /// - Parameters:
    ///   - session: what is to be restored.
    ///   - deadline: when it is to be given up, counted from any fixed instant; never earlier than before.
    /// - Returns: who had to go to make room.
    public mutating func insert(_ session: RecoverableSession, until deadline: Duration) -> [RecoverableSession] {
        sessions[session.pid] = (session, deadline)
        deadlines.append((deadline, session.pid))
        var dropped: [RecoverableSession] = []
        while sessions.count > limit, let oldest = removeOldest() { dropped += oldest }
        if deadlines.count - start > 2 * limit + 64 { removeStalePlaces() }
        return dropped
    }

    /// The session of a private id.
    /// - Parameters:
    ///   - pid: the private id, as the client says it.
    ///   - now: one whose deadline has passed does not count.
    /// - Returns: the session, which stays; `nil` if there is none.
    public func session(_ pid: String, at now: Duration) -> RecoverableSession? {
        guard let entry = sessions[pid], entry.deadline > now else { return nil }
        return entry.session
    }

    /// A socket has come back, so that nobody else can.
    /// - Parameter pid: its private id.
    public mutating func remove(_ pid: String) { sessions[pid] = nil }

    /// Time has passed.
    /// - Parameter now: counted from the same instant as the deadlines.
    /// - Returns: who has not come back, and is given up.
    public mutating func removeExpired(at now: Duration) -> [RecoverableSession] {
        var expired: [RecoverableSession] = []
        while let nextDeadline, nextDeadline <= now { expired += removeOldest() ?? [] }
        return expired
    }

    /// Clients that come and go leave places behind, more than there are sessions.
    private mutating func removeStalePlaces() {
        deadlines = deadlines[start...].filter { sessions[$0.pid]?.deadline == $0.deadline }
        start = 0
    }

    /// Takes the oldest place away, whose session may have come back or been lost again later.
    private mutating func removeOldest() -> [RecoverableSession]? {
        guard start < deadlines.count else { return nil }
        let (deadline, pid) = deadlines[start]
        start += 1
        if start > 32, start * 2 > deadlines.count {
            deadlines.removeFirst(start)
            start = 0
        }
        guard let entry = sessions[pid], entry.deadline == deadline else { return [] }
        sessions[pid] = nil
        return [entry.session]
    }
}
