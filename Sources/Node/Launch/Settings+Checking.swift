import Configuration
import Synchronization

/// What is wrong with settings that are only checked.
final class ProblemList: Sendable {
    private let found = Mutex<[LaunchError]>([])

    /// Notes a problem.
    func add(_ problem: LaunchError) {
        found.withLock { $0.append(problem) }
    }

    /// All of them, in the order in which they were found.
    var all: [LaunchError] { found.withLock { $0 } }
}

extension Settings {
    /// Settings of a process that is not going to start: whatever is wrong is noted, and reading goes on.
    init(checking path: String?) async throws(LaunchError) {
        try await self.init(file: path, environment: EnvironmentVariablesProvider(), problems: ProblemList())
    }

    /// Says that a setting is wrong. The start of a process ends with that; a check notes it, and its caller goes on with
    /// any value of the right type.
    /// - Parameter problem: one line about it.
    /// - Throws: the problem, unless settings are only checked.
    public func reject(_ problem: LaunchError) throws(LaunchError) {
        guard let problems else { throw problem }
        problems.add(problem)
    }

    /// Reads a part of the settings that others do not depend on.
    /// - Parameter part: reads it.
    /// - Throws: what the part throws, unless settings are only checked: then it is noted.
    public func attempt(_ part: () throws(LaunchError) -> Void) throws(LaunchError) {
        do {
            try part()
        } catch {
            try reject(error)
        }
    }
}
