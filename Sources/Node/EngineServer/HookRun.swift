import NIOCore

/// An asynchronous hook of one request while it runs: in a task of its own, with a deadline, until the client goes away.
/// Confined to the loop of the request's connection.
final class HookRun {
    /// What came of it.
    enum Outcome: Sendable {
        /// The request goes on.
        case passed(ClientRequest)
        /// The hook answers the request itself.
        case answered(HTTPServerResponse, ClientRequest)
        case failed(any Error)
    }

    /// The deadline passed.
    struct TimedOut: Error {}

    private var task: Task<Void, Never>?
    private var deadline: Scheduled<Void>?
    private var whenEnded: ((Outcome) -> Void)?
    private var whenAbandoned: (() -> Void)?

    /// Starts a hook.
    /// - Parameters:
    ///   - hook: the hook.
    ///   - request: what it gets.
    ///   - timeout: how long it has.
    ///   - loop: the connection's loop, on which this is called and both closures are.
    ///   - whenAbandoned: called instead of `whenEnded` if the client goes away.
    ///   - whenEnded: called once with the outcome, never before this initialiser has returned.
    init(
        _ hook: @escaping RequestHooks.Middleware, request: ClientRequest, timeout: Duration, loop: any EventLoop,
        whenAbandoned: @escaping () -> Void, whenEnded: @escaping (Outcome) -> Void
    ) {
        self.whenAbandoned = whenAbandoned
        self.whenEnded = whenEnded
        let run = NIOLoopBound(self, eventLoop: loop)
        deadline = loop.scheduleTask(in: TimeAmount(timeout)) { run.value.end(.failed(TimedOut())) }
        // A task of its own: hooks are asynchronous, and nothing structured reaches a channel handler. It is cancelled at
        // the deadline and when the client goes away, and what it finds out is ignored then.
        task = Task {
            var request = request
            let outcome: Outcome
            do {
                let answer = try await hook(&request)
                outcome = answer.map { [request] in .answered($0, request) } ?? .passed(request)
            } catch {
                outcome = .failed(error)
            }
            loop.execute { run.value.end(outcome) }
        }
    }

    /// The client went away.
    func abandon() {
        let whenAbandoned = whenAbandoned
        stop()
        whenAbandoned?()
    }

    private func end(_ outcome: Outcome) {
        let whenEnded = whenEnded
        stop()
        whenEnded?(outcome)
    }

    private func stop() {
        whenEnded = nil
        whenAbandoned = nil
        deadline?.cancel()
        deadline = nil
        task?.cancel()
        task = nil
    }
}
