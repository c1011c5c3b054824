import Glibc
import Synchronization

/// Waits until another process has ended its transaction.
///
/// SQLite's own busy timeout looks ten times a second after the first 200 milliseconds. Where others write one transaction
/// behind the other, and the disk takes its time for each, the file is free for less than a millisecond in between, which
/// such a wait meets by chance only. This one looks every millisecond.
final class WriterTurn: Sendable {
    /// In microseconds.
    private static let pause: UInt32 = 1_000

    private let timeout: Duration
    /// Until when this wait may go on. One at a time, as there is one writer.
    private let end = Mutex(ContinuousClock.now)

    /// Creates it.
    /// - Parameter timeout: longest wait.
    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// Blocks the writer's thread for a moment.
    /// - Parameter tries: how often it was tried in this wait, beginning with 0.
    /// - Returns: whether to try again.
    func isAwaited(tries: Int) -> Bool {
        let now = ContinuousClock.now
        let isOver = end.withLock { end in
            if tries == 0 { end = now + timeout }
            return end <= now
        }
        guard !isOver else { return false }
        usleep(Self.pause)
        return true
    }
}
