public import Logging
public import Support

/// Messages and accounts in MariaDB or MySQL, in the tables of the original application (applications, B.6): its database
/// can be taken over as it is.
///
/// Calls wait for the server on threads of their own, each with a connection. While the server is away they fail at once;
/// connections are made again by themselves. Ids grow in the order of commits of every account's messages, because who
/// appends locks the rows of both accounts first.
public final class MariaDBStore: SupportStore {
    private let pool: ConnectionPool
    private let calls: StoreCalls
    private let logger: Logger

    private init(_ configuration: MariaDBConfiguration, calls: StoreCalls, logger: Logger) {
        self.calls = calls
        self.logger = logger
        pool = ConnectionPool(configuration, limit: calls.limit, logger: logger)
    }

    /// Connects, and brings the tables up to date. A server that is not there yet is only logged: the tables are looked at
    /// when it comes.
    /// - Parameters:
    ///   - configuration: which database.
    ///   - calls: bounds of its calls; default 2 seconds and 1,024 calls.
    ///   - logger: is told of outages and of calls that fail.
    /// - Returns: the store.
    /// - Throws: `StoreSetupError` if the server refuses the account or the database, or its tables cannot be used.
    public static func open(
        _ configuration: MariaDBConfiguration, calls: StoreCalls = StoreCalls(), logger: Logger
    ) async throws(StoreSetupError) -> MariaDBStore {
        let store = MariaDBStore(configuration, calls: calls, logger: logger)
        do throws(MariaDBError) {
            try await store.pool.run(until: .now + configuration.timing.migration, repeats: true) {
                connection throws(MariaDBError) in
                try connection.command("DO 1")
            }
        } catch {
            guard !error.isPermanent else {
                await store.close()
                throw StoreSetupError("cannot use the database \(configuration.database): \(error.reason)")
            }
        }
        return store
    }

    /// What the calls of this process came to.
    public var metrics: StoreMetrics { calls.metrics }

    /// Asks the server something trivial.
    /// - Throws: `StoreError.unavailable` if it does not answer.
    public func check() async throws(StoreError) {
        try await run { connection throws(MariaDBError) in try connection.command("DO 1") }
    }

    /// Waits for calls that are under way and closes the connections.
    public func close() async {
        await pool.close()
    }

    /// Carries out a call on a thread of the pool.
    /// - Parameters:
    ///   - repeats: whether it may be carried out again when nobody knows whether it was committed.
    ///   - body: what to do there.
    /// - Returns: what the body returns.
    /// - Throws: `StoreError`.
    func run<Answer: Sendable>(
        repeats: Bool = true, _ body: @escaping @Sendable (MariaDBConnection) throws(MariaDBError) -> Answer
    ) async throws(StoreError) -> Answer {
        try await calls.run { [self] () async throws(StoreError) in
            do throws(MariaDBError) {
                return try await pool.run(until: .now + calls.deadline, repeats: repeats, body)
            } catch {
                if error.isDuplicate { throw .duplicate }
                if error == .unknownAccount { throw .unknownAccount }
                // Outages are logged once, by the pool.
                if error != .away { logger.warning("the database failed", metadata: ["reason": "\(error.reason)"]) }
                throw .unavailable
            }
        }
    }
}
