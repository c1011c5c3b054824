import NIOCore
import SocketIO

/// An asynchronous handler of an event.
typealias AsyncHandler = @Sendable (AsyncEvent) async throws -> Void

/// The asynchronous handlers of one socket: one of them runs at a time, the rest of its event and later events wait.
/// Made when such a handler runs for the first time. Loop-confined.
final class AsyncEvents {
    /// A handler whose turn will come, and what it handles.
    struct Call: Sendable {
        let event: AsyncEvent
        let handler: AsyncHandler
    }

    /// Further asynchronous handlers of the event at work.
    private var pending = CircularBuffer<Call>(initialCapacity: 1)
    private var waiting: WaitingEvents
    private var running: Task<Void, Never>?
    /// When the event at work began, if it is measured.
    var measuredSince: NIODeadline?

    init(limits: WaitingEventLimits) { waiting = WaitingEvents(limits: limits) }

    /// Whether a handler runs, so that later events have to wait.
    var isRunning: Bool { running != nil }

    /// An asynchronous handler is called: its turn comes when the synchronous ones of its event have run.
    func append(_ call: Call) { pending.append(call) }

    /// An event came while a handler runs.
    /// - Returns: `false` if too many wait already.
    func wait(_ name: EventName, _ arguments: Arguments, _ acknowledgementID: Int?) -> Bool {
        waiting.append(name, arguments, acknowledgementID)
    }

    /// The event has failed: its further handlers are not called.
    func dropPending() { pending.removeAll() }

    func nextPending() -> Call? { pending.popFirst() }

    func nextWaiting() -> WaitingEvents.Waiting? { waiting.popFirst() }

    func started(_ task: Task<Void, Never>) { running = task }

    func finished() { running = nil }

    /// The socket's end.
    func cancel() { running?.cancel() }
}

extension Socket {
    /// Calls an asynchronous handler when its turn comes.
    func perform(_ handler: @escaping AsyncHandler, _ event: Event) {
        guard isConnected else { return }
        let asynchronous = asynchronous ?? AsyncEvents(limits: namespace.configuration.waitingEvents)
        self.asynchronous = asynchronous
        asynchronous.append(AsyncEvents.Call(event: AsyncEvent(event), handler: handler))
    }

    /// Starts the next asynchronous handler of the event at work, if there is one.
    func startPending() {
        guard let asynchronous, !asynchronous.isRunning, let call = asynchronous.nextPending() else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        // A task of its own is the only way to await the application's work from the loop; the disconnect cancels it.
        asynchronous.started(
            Task {
                var failure: (any Error)?
                do { try await call.handler(call.event) } catch { failure = error }
                bound.eventLoop.execute { [failure] in bound.value.finished(call.event, failure) }
            })
    }

    /// The socket's end: what runs is cancelled, what waits is dropped.
    func endAsyncEvents() {
        asynchronous?.cancel()
        asynchronous = nil
    }

    private func finished(_ event: AsyncEvent, _ failure: (any Error)?) {
        asynchronous?.finished()
        if let failure {
            asynchronous?.dropPending()
            failed(
                Event(
                    eventName: event.eventName, arguments: event.arguments, acknowledgement: event.acknowledgement,
                    socket: self),
                failure)
        }
        startPending()
        if let asynchronous, !asynchronous.isRunning, let start = asynchronous.measuredSince {
            asynchronous.measuredSince = nil
            namespace.figures.eventEnded(since: start)
        }
        while let asynchronous, !asynchronous.isRunning, let waiting = asynchronous.nextWaiting() {
            handle(self.event(waiting.name, waiting.arguments, waiting.acknowledgementID))
        }
    }
}
