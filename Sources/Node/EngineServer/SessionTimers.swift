import EngineIO
import NIOCore

/// Wakes sessions up when something may be due, with one timer per event loop: every kind of wait has the same length
/// for all sessions, so each kind is a queue that is in order by itself. A wake-up is a hint; the session decides by
/// the clock whether there is something to do. Wake-ups of sessions that have ended find nobody.
final class SessionTimers {
    /// What a session waits for.
    enum Wait {
        /// Its next ping.
        case ping
        /// The pong, until a moment that the session knows.
        case pong(due: Duration)
        /// The next ping of a client of revision 3, until a moment that the session knows.
        case clientPing(due: Duration)
        /// The end of an upgrade.
        case upgrade
        /// The poll that takes the close packet.
        case closing
        /// The next poll of a client whose connection broke.
        case absence
    }

    private struct WakeUp {
        var session: SessionKey
        var due: Duration
    }

    /// Wake-ups come together where there are many: each session has times of its own, and a timer for each would cost
    /// two system calls.
    private static let pause = Duration.milliseconds(10)

    private let loop: any EventLoop
    private let settings: Session.Settings
    private var queues = [CircularBuffer<WakeUp>](repeating: CircularBuffer(initialCapacity: 0), count: 5)
    private var timer: Scheduled<Void>?
    private var timerDue: Duration?
    /// Called with the session and the time.
    var wake: ((SessionKey, Duration) -> Void)?

    init(loop: any EventLoop, settings: Session.Settings) {
        self.loop = loop
        self.settings = settings
    }

    /// Has a session woken up.
    func add(_ session: SessionKey, _ wait: Wait) {
        switch wait {
        case .ping: append(session, due: .now + settings.pingInterval, to: 0)
        case .pong(let due): append(session, due: due, to: 1)
        case .clientPing(let due): wake(session, at: due)
        case .upgrade: append(session, due: .now + settings.upgradeTimeout, to: 2)
        case .closing: append(session, due: .now + settings.closingTimeout, to: 3)
        case .absence: append(session, due: .now + settings.absenceTimeout, to: 4)
        }
    }

    /// Has a session woken up by a timer of its own: clients that ping move their deadlines as they like, so that no
    /// queue of them would be in order.
    private func wake(_ session: SessionKey, at due: Duration) {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(max(due - .now, .zero))) { [weak self] in
            self?.wake?(session, .now)
        }
    }

    private func append(_ session: SessionKey, due: Duration, to queue: Int) {
        queues[queue].append(WakeUp(session: session, due: due))
        if timerDue.map({ due < $0 }) ?? true { schedule(due) }
    }

    private func schedule(_ due: Duration?) {
        timer?.cancel()
        timer = nil
        timerDue = due
        guard let due else { return }
        // Weak: a pending timer does not keep an engine that was let go.
        timer = loop.assumeIsolated().scheduleTask(in: TimeAmount(max(due - .now, .zero))) { [weak self] in
            self?.fired()
        }
    }

    private func fired() {
        let now = Duration.now
        for index in queues.indices {
            while let first = queues[index].first, first.due <= now {
                queues[index].removeFirst()
                wake?(first.session, now)
            }
        }
        // By a closure: a key path is looked up again for each queue.
        guard let next = queues.lazy.compactMap({ $0.first?.due }).min() else { return schedule(nil) }
        schedule(max(next, now + Self.pause))
    }
}

extension Duration {
    /// The time, counted from an origin that stays the same while the process runs.
    static var now: Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }
}
