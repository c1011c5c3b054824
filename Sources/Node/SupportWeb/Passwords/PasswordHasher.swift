import NIOPosix
import Synchronization

/// Hashes and checks passwords on threads of its own, since that takes milliseconds by intention: event loops and the
/// threads of tasks go on meanwhile. What waits for these threads is bounded.
final class PasswordHasher: Sendable {
    /// So many passwords wait already that this one would take too long.
    struct Busy: Error {}

    private let cost: Int
    private let waitingLimit: Int
    private let threads: NIOThreadPool
    private let waiting = Mutex(0)

    /// Starts the threads.
    /// - Parameters:
    ///   - cost: the cost of new hashes, brought into `Bcrypt.costs`. Default: 8.
    ///   - threads: how many passwords are worked on at a time. Default: 2.
    ///   - waitingLimit: most passwords that are worked on or wait; at a cost of 8 the default is a second's work of one
    ///     thread. Default: 64.
    init(cost: Int = 8, threads: Int = 2, waitingLimit: Int = 64) {
        self.cost = min(max(cost, Bcrypt.costs.lowerBound), Bcrypt.costs.upperBound)
        self.waitingLimit = waitingLimit
        self.threads = NIOThreadPool(numberOfThreads: threads)
        self.threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// Hashes a password.
    /// - Parameter password: the password, at most `Bcrypt.passwordLimit` bytes.
    /// - Returns: the hash; `nil` if the system has no bcrypt.
    /// - Throws: ``Busy``, or that the task was cancelled.
    func hash(_ password: String) async throws -> String? {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return try await work { [cost] in Bcrypt.hash(password, cost: cost, random: random) }
    }

    /// Checks a password; without a hash it takes as long and fails.
    /// - Parameters:
    ///   - password: the password.
    ///   - hash: the hash of the account; `nil` if there is no account.
    /// - Returns: whether the password has this hash.
    /// - Throws: ``Busy``, or that the task was cancelled.
    func verify(_ password: String, _ hash: String?) async throws -> Bool {
        let known = hash.flatMap { Bcrypt.isHash($0) ? $0 : nil }
        return try await work { [cost] in
            Bcrypt.verify(password, known ?? Bcrypt.unmatched(cost: cost)) && known != nil
        }
    }

    private func work<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async throws -> Result {
        let isWelcome = waiting.withLock { waiting in
            guard waiting < waitingLimit else { return false }
            waiting += 1
            return true
        }
        guard isWelcome else { throw Busy() }
        defer { waiting.withLock { $0 -= 1 } }
        return try await threads.runIfActive(body)
    }
}
