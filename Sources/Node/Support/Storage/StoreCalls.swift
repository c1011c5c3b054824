import Figures
import Synchronization

/// What every store owes its callers, whatever the database does: a bounded number of calls under way, each with a deadline;
/// and their figures.
public final class StoreCalls: Sendable {
    /// Time after which a call fails, waiting included.
    public let deadline: Duration
    /// Most calls under way; further ones fail at once.
    public let limit: Int
    private let figures = Mutex(StoreMetrics())

    /// What the calls came to.
    public var metrics: StoreMetrics { figures.withLock { $0 } }

    /// Creates the bounds of a store.
    /// - Parameters:
    ///   - deadline: time after which a call fails; default 2 seconds.
    ///   - limit: most calls under way; default 1,024.
    public init(deadline: Duration = .seconds(2), limit: Int = 1024) {
        self.deadline = deadline
        self.limit = limit
    }

    /// Carries out a call.
    /// - Parameter call: what to do. Its task is cancelled when the deadline passes, and has to end then.
    /// - Returns: what it returns.
    /// - Throws: what it throws; ``StoreError/unavailable`` if the deadline passed or too many calls are under way.
    public func run<Answer: Sendable>(
        _ call: @escaping @Sendable () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        let start = ContinuousClock.now
        guard begin() else { throw .unavailable }
        let result = await resultInTime(call)
        end(after: ContinuousClock.now - start, result)
        return try result.get()
    }

    private func begin() -> Bool {
        figures.withLock { figures in
            guard figures.underWay < limit else {
                figures.calls += 1
                figures.failures += 1
                return false
            }
            figures.underWay += 1
            return true
        }
    }

    private func end<Answer>(after time: Duration, _ result: Result<Answer, StoreError>) {
        figures.withLock { figures in
            figures.underWay -= 1
            figures.calls += 1
            figures.times.record(time)
            // A caller that gave up says nothing about the database.
            if Task.isCancelled { return }
            if case .failure(.unavailable) = result {
                figures.failures += 1
                figures.isAvailable = false
            } else {
                figures.isAvailable = true
            }
        }
    }

    private func resultInTime<Answer: Sendable>(
        _ call: @escaping @Sendable () async throws(StoreError) -> Answer
    ) async -> Result<Answer, StoreError> {
        await withTaskGroup(of: Result<Answer, StoreError>.self) { [deadline] group in
            group.addTask {
                do throws(StoreError) {
                    return .success(try await call())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return .failure(.unavailable)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.unavailable)
        }
    }
}
