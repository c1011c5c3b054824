import Adapter
import SocketIO
import Synchronization

/// Collects the acknowledgements of a broadcast until all have come or the time is over, then hands them over, once.
final class AcknowledgementCollector: Sendable {
    private struct State {
        var answer = ClusterAnswer<Value>()
        var expected: Int?
        var isFinished = false
        var cleanUp: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let completion: @Sendable (ClusterAnswer<Value>) -> Void

    init(_ completion: @escaping @Sendable (ClusterAnswer<Value>) -> Void) {
        self.completion = completion
    }

    /// The event went to so many clients.
    func expects(_ count: Int) {
        finish { state in
            state.expected = count
            return state.answer.elements.count >= count
        }
    }

    /// A client answered.
    func received(_ value: Value) {
        finish { state in
            state.answer.elements.append(value)
            return state.answer.elements.count == state.expected
        }
    }

    func timeoutPassed() {
        finish { _ in true }
    }

    /// Sets what is to be done when it is finished; at once if it is already.
    func onFinish(_ body: @escaping @Sendable () -> Void) {
        let isFinished = state.withLock { state in
            if !state.isFinished { state.cleanUp = body }
            return state.isFinished
        }
        if isFinished { body() }
    }

    /// Changes the state unless it is finished, and hands the answer over if the change says so.
    private func finish(_ change: @Sendable (inout State) -> Bool) {
        let done = state.withLock { state -> (ClusterAnswer<Value>, (@Sendable () -> Void)?)? in
            guard !state.isFinished, change(&state) else { return nil }
            state.isFinished = true
            state.answer.expected = state.expected ?? state.answer.elements.count
            state.answer.missing = state.answer.expected - state.answer.elements.count
            return (state.answer, state.cleanUp)
        }
        guard let (answer, cleanUp) = done else { return }
        cleanUp?()
        completion(answer)
    }
}
