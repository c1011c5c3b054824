public import Matchmaking
import Synchronization

/// The matchmaker of a node that runs alone: the machine behind a lock.
///
/// The lock is held for the step itself only. What a step led to is appended to a mailbox inside the lock, and one
/// thread at a time empties the mailbox outside of it: so events keep the order of the steps, whoever made them.
///
/// ```swift
/// let matchmaker = InProcessMatchmaker(policy: policy) { delay, body in
///     loop.scheduleTask(in: .init(delay), body)
/// }
/// ```
public final class InProcessMatchmaker: Matchmaker {
    private struct State {
        var machine: MatchMachine
        var receiver: (any MatchEvents)?
        var mailbox: [Delivery] = []
        var isDelivering = false
        /// When the earliest tick that was asked for will come.
        var nextTick: Duration?
    }

    private struct Delivery {
        var events: [MatchEvent]
        var answer: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> Duration
    private let schedule: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    /// Creates a matchmaker for the sockets of this process.
    /// - Parameters:
    ///   - policy: the rules of pairing, validated by the caller.
    ///   - now: the time since any fixed instant; must not run backwards. Default is the continuous clock.
    ///   - schedule: runs a closure once after a delay, on any thread. Used only by policies that wait (a cooldown,
    ///     mixed pairs after a while).
    public init(
        policy: MatchPolicy = MatchPolicy(), now: @escaping @Sendable () -> Duration = InProcessMatchmaker.clock(),
        schedule: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
    ) {
        state = Mutex(State(machine: MatchMachine(policy: policy)))
        self.now = now
        self.schedule = schedule
    }

    /// A clock that tells the time since now.
    /// - Returns: a function that gives the elapsed time.
    public static func clock() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }

    /// Begins to deliver events.
    /// - Parameter events: where what was decided is reported.
    public func start(_ events: any MatchEvents) {
        state.withLock { $0.receiver = events }
    }

    /// Carries out an operation before it returns. Its events and its completion are delivered before it returns too,
    /// unless another thread (or the caller's caller) is delivering: then they follow there, in order.
    /// - Parameters:
    ///   - operation: what the participant asks.
    ///   - completion: called once with the resulting state; this matchmaker never fails.
    public func submit(
        _ operation: MatchOperation, completion: @escaping @Sendable (Result<MatchReply, MatchmakerError>) -> Void
    ) {
        step { machine, now in
            let outcome = machine.apply(operation, now: now)
            return Delivery(events: outcome.events, answer: { completion(.success(outcome.reply)) })
        }
    }

    private func step(_ body: (inout MatchMachine, Duration) -> Delivery) {
        let delay = state.withLock { state -> Duration? in
            // The time is read under the lock, so that it never runs backwards for the machine.
            let now = now()
            let delivery = body(&state.machine, now)
            state.mailbox.append(delivery)
            return Self.nextDelay(&state, now: now)
        }
        if let delay { schedule(delay) { [weak self] in self?.tick() } }
        deliver()
    }

    /// The delay of a tick that must be asked for, unless an earlier one is on its way.
    private static func nextDelay(_ state: inout State, now: Duration) -> Duration? {
        guard let next = state.machine.nextTick, state.nextTick.map({ next < $0 }) ?? true else { return nil }
        state.nextTick = next
        return max(next - now, .milliseconds(1))
    }

    private func tick() {
        state.withLock { $0.nextTick = nil }
        step { machine, now in Delivery(events: machine.tick(now: now)) }
    }

    private func deliver() {
        while let (deliveries, receiver) = takeDeliveries() {
            for delivery in deliveries {
                for event in delivery.events { receiver?.happened(event) }
                delivery.answer?()
            }
            state.withLock { $0.isDelivering = false }
        }
    }

    /// What waits in the mailbox, unless somebody else delivers.
    private func takeDeliveries() -> ([Delivery], (any MatchEvents)?)? {
        state.withLock { state in
            guard !state.isDelivering, !state.mailbox.isEmpty else { return nil }
            state.isDelivering = true
            defer { state.mailbox = [] }
            return (state.mailbox, state.receiver)
        }
    }
}
