import Synchronization

/// What a thread will answer to a task. The task does not wait any longer when it is cancelled; the answer comes to nothing
/// then.
final class PendingAnswer<Answer: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Result<Answer, MariaDBError>, Never>)
        case given(Result<Answer, MariaDBError>)
    }

    private let state = Mutex(State.open)

    /// Answers; the first answer counts.
    func give(_ answer: Result<Answer, MariaDBError>) {
        let waiting = state.withLock { state -> CheckedContinuation<Result<Answer, MariaDBError>, Never>? in
            switch state {
            case .given: return nil
            case .open:
                state = .given(answer)
                return nil
            case .awaited(let continuation):
                state = .given(answer)
                return continuation
            }
        }
        waiting?.resume(returning: answer)
    }

    /// The answer; awaited once.
    var value: Answer {
        get async throws(MariaDBError) {
            let result = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let given = state.withLock { state -> Result<Answer, MariaDBError>? in
                        if case .given(let answer) = state { return answer }
                        state = .awaited(continuation)
                        return nil
                    }
                    if let given { continuation.resume(returning: given) }
                }
            } onCancel: {
                give(.failure(.late))
            }
            return try result.get()
        }
    }
}
