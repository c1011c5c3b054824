internal import GRDB
public import Logging
public import Support

/// Messages and accounts in a file: SQLite through GRDB, in WAL mode. Several nodes of one machine may open the same file.
///
/// The tables and columns are those of the original application (applications, B.6), beside a column for names without
/// letter case. SQLite has one writer at a time, so ids grow in the order of commits. What was acknowledged survives the
/// end of the process and of the machine (`synchronous = FULL`).
///
/// GRDB carries out every statement on threads of its own.
public final class SQLiteStore: SupportStore {
    let pool: DatabasePool
    let calls: StoreCalls
    private let logger: Logger

    private init(_ pool: DatabasePool, calls: StoreCalls, logger: Logger) {
        self.pool = pool
        self.calls = calls
        self.logger = logger
    }

    /// What the calls of this process came to.
    public var metrics: StoreMetrics { calls.metrics }

    /// Reads from the file.
    /// - Throws: `StoreError.unavailable` if that fails.
    public func check() async throws(StoreError) {
        _ = try await read { db in try Int.fetchOne(db, sql: "SELECT 1 FROM usuarios LIMIT 1") }
    }

    /// Waits for calls that are under way and closes the file.
    public func close() async {
        // What is left open by a failure is closed with the store.
        try? pool.close()
    }

    func read<Answer: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Answer
    ) async throws(StoreError) -> Answer {
        try await calls.run { [self] () async throws(StoreError) in
            do {
                return try await pool.read(body)
            } catch {
                throw storeError(error)
            }
        }
    }

    /// In one transaction, which no other writer is beside.
    func write<Answer: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Answer
    ) async throws(StoreError) -> Answer {
        try await calls.run { [self] () async throws(StoreError) in
            do {
                return try await pool.write(body)
            } catch {
                throw storeError(error)
            }
        }
    }

    private func storeError(_ error: any Error) -> StoreError {
        if let error = error as? StoreError { return error }
        logger.warning("the database failed", metadata: ["reason": "\(Self.reason(error))"])
        return .unavailable
    }

    /// Without statements and their values, which GRDB would print, too.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return "\(error.message ?? "no reason given") (SQLite \(error.extendedResultCode.rawValue))"
    }
}

// MARK: - Opening

extension SQLiteStore {
    /// Opens a file, creates it if there is none, and brings its tables up to date. Blocks while it does so, and waits at
    /// most 10 seconds for other nodes that do the same: something for the start of a process.
    /// - Parameters:
    ///   - path: path of the file; SQLite puts two more beside it, with `-wal` and `-shm` appended.
    ///   - calls: bounds of its calls; default 2 seconds and 1,024 calls.
    ///   - logger: is told of calls that fail.
    /// - Returns: the open store.
    /// - Throws: `StoreSetupError` if the file cannot be used.
    public static func open(
        path: String, calls: StoreCalls = StoreCalls(), logger: Logger
    ) async throws(StoreSetupError) -> SQLiteStore {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(10)
        while true {
            do {
                let pool = try pool(path, busyTimeout: calls.deadline * 3 / 4)
                return SQLiteStore(pool, calls: calls, logger: logger)
            } catch {
                // A new file turns to WAL when nobody else has it open; for that SQLite does not always wait by itself.
                let isBusy = (error as? DatabaseError)?.resultCode == .SQLITE_BUSY
                guard isBusy, clock.now < end, (try? await Task.sleep(for: .milliseconds(20))) != nil else {
                    throw StoreSetupError("cannot use the database \(path): \(reason(error))")
                }
            }
        }
    }

    /// The busy timeout, for which a writer in another process is waited for, is shorter than the deadline of calls.
    private static func pool(_ path: String, busyTimeout: Duration) throws -> DatabasePool {
        let turn = WriterTurn(timeout: busyTimeout)
        var configuration = Configuration()
        configuration.label = "support"
        configuration.busyMode = .callback { turn.isAwaited(tries: $0) }
        let milliseconds = Int(busyTimeout / .milliseconds(1))
        configuration.prepareDatabase { db in
            // Readers wait for the short work of others only; their timeout has no other setting.
            if db.configuration.readonly { try db.execute(sql: "PRAGMA busy_timeout = \(milliseconds)") }
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // A commit is on the disk before it is acknowledged. GRDB's default for WAL is NORMAL.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try SQLiteSchema.update(db)
        }
        return pool
    }
}
