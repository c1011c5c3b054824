/// When a session's next ping is due, and until when its pong must come. Counted from the handshake and from the last
/// pong, not by chained timers, so that delays do not add up. Source: Engine.IO protocol v4, "Heartbeat".
struct Heartbeat {
    private enum State {
        case resting(pingDue: Duration)
        case awaitingPong(deadline: Duration)
    }

    enum Action: Equatable {
        case none
        case ping
        case timeout
    }

    private var state: State

    init(startedAt now: Duration, interval: Duration) {
        state = .resting(pingDue: now + interval)
    }

    /// When something is to be done next.
    var due: Duration {
        switch state {
        case .resting(let pingDue): pingDue
        case .awaitingPong(let deadline): deadline
        }
    }

    mutating func timePassed(_ now: Duration, timeout: Duration) -> Action {
        switch state {
        case .resting(let pingDue):
            guard now >= pingDue else { return .none }
            // If the process was stopped and the ping leaves late, the client still gets half of its time.
            state = .awaitingPong(deadline: max(pingDue + timeout, now + timeout / 2))
            return .ping
        case .awaitingPong(let deadline):
            return now >= deadline ? .timeout : .none
        }
    }

    /// A pong came.
    /// - Returns: whether one was awaited; others change nothing.
    mutating func receivedPong(_ now: Duration, interval: Duration) -> Bool {
        guard case .awaitingPong = state else { return false }
        state = .resting(pingDue: now + interval)
        return true
    }
}
