/// When a session's next ping is due, and until when its pong must come. Counted from the handshake and from the last
/// pong, not by chained timers, so that delays do not add up. Source: Engine.IO protocol v4, "Heartbeat".
///
/// In revision 3 it is the client that pings: all there is to know is until when the next ping must come.
struct Heartbeat {
    private enum State {
        case resting(pingDue: Duration)
        case awaitingPong(deadline: Duration)
        /// Pings move the deadline but not the wake-up, so that a session has one, however often its client pings. In
        /// memory of its own, since few clients are of revision 3.
        indirect case awaitingPing(deadline: Duration, wakeUp: Duration)
    }

    enum Action: Equatable {
        case none
        case ping
        case timeout
        /// Not yet: look again when it is ``Heartbeat/due``.
        case wait
    }

    private var state: State

    init(startedAt now: Duration, interval: Duration) {
        state = .resting(pingDue: now + interval)
    }

    /// The heartbeat of a client that pings.
    /// - Parameters:
    ///   - now: the time.
    ///   - limit: longest time without a ping.
    init(ofClientAt now: Duration, limit: Duration) {
        state = .awaitingPing(deadline: now + limit, wakeUp: now + limit)
    }

    /// When something is to be done next.
    var due: Duration {
        switch state {
        case .resting(let pingDue): pingDue
        case .awaitingPong(let deadline): deadline
        case .awaitingPing(_, let wakeUp): wakeUp
        }
    }

    /// Whether a ping is not answered yet.
    var isAwaitingPong: Bool { if case .awaitingPong = state { true } else { false } }

    mutating func timePassed(_ now: Duration, timeout: Duration) -> Action {
        switch state {
        case .resting(let pingDue):
            guard now >= pingDue else { return .none }
            // If the process was stopped and the ping leaves late, the client still gets half of its time.
            state = .awaitingPong(deadline: max(pingDue + timeout, now + timeout / 2))
            return .ping
        case .awaitingPong(let deadline):
            return now >= deadline ? .timeout : .none
        case .awaitingPing(let deadline, let wakeUp):
            guard now < deadline else { return .timeout }
            guard now >= wakeUp else { return .none }
            state = .awaitingPing(deadline: deadline, wakeUp: deadline)
            return .wait
        }
    }

    /// A ping of a client of revision 3 came.
    mutating func receivedPing(_ now: Duration, limit: Duration) {
        guard case .awaitingPing(_, let wakeUp) = state else { return }
        state = .awaitingPing(deadline: now + limit, wakeUp: wakeUp)
    }

    /// A pong came.
    /// - Returns: whether one was awaited; others change nothing.
    mutating func receivedPong(_ now: Duration, interval: Duration) -> Bool {
        guard case .awaitingPong = state else { return false }
        state = .resting(pingDue: now + interval)
        return true
    }
}
