import CMariaDB

/// A connection to the server. Every call blocks, with the deadlines of the configuration.
///
/// Unchecked: it has no lock. It passes from thread to thread, but ``ConnectionPool`` hands it to one at a time and takes it
/// back under the pool's lock, which is what the library asks for.
final class MariaDBConnection: @unchecked Sendable {
    /// When the call that the connection was taken for has to have ended.
    var deadline = ContinuousClock.now
    private let handle: UnsafeMutablePointer<MYSQL>
    private var statements: [String: PreparedStatement] = [:]

    /// The library wants to be set up by one thread before others use it.
    private static let isLibraryReady = mysql_server_init(0, nil, nil) == 0

    /// Connects.
    /// - Parameters:
    ///   - configuration: to what.
    ///   - patience: time for the answer to one statement.
    /// - Throws: ``MariaDBError``.
    init(_ configuration: MariaDBConfiguration, patience: Duration) throws(MariaDBError) {
        guard Self.isLibraryReady, let handle = mysql_init(nil) else {
            throw .lost(UInt32(CR_OUT_OF_MEMORY), "out of memory")
        }
        self.handle = handle
        set(MYSQL_OPT_CONNECT_TIMEOUT, configuration.timing.connect.wholeSeconds)
        set(MYSQL_OPT_READ_TIMEOUT, patience.wholeSeconds)
        set(MYSQL_OPT_WRITE_TIMEOUT, patience.wholeSeconds)
        set(MYSQL_OPT_LOCAL_INFILE, UInt32(0))
        mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        if configuration.socket == nil { set(MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP) }
        if let tls = configuration.tls {
            mysql_ssl_set(handle, tls.keyFile, tls.certificateFile, tls.authorityFile, nil, nil)
            set(MYSQL_OPT_SSL_ENFORCE, my_bool(1))
            set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, my_bool(1))
        }
        let connected = mysql_real_connect(
            handle, configuration.socket == nil ? configuration.host : nil, configuration.user,
            configuration.password, configuration.database, UInt32(configuration.port), configuration.socket,
            UInt(CLIENT_FOUND_ROWS))
        guard connected != nil else { throw error }
        try settle()
    }

    deinit {
        // The statements let go of their memory afterwards, without asking the server.
        mysql_close(handle)
    }

    private func set<Value>(_ option: mysql_option, _ value: Value) {
        withUnsafePointer(to: value) { _ = mysql_options(handle, option, $0) }
    }

    /// What the SQL of the store relies on, whatever the server's defaults are.
    private func settle() throws(MariaDBError) {
        try command("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        try command(
            """
            SET SESSION time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = 1,
                sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'
            """)
    }

    private var error: MariaDBError {
        MariaDBError(number: mysql_errno(handle), String(cString: mysql_error(handle)))
    }
}

// MARK: - Statements

extension MariaDBConnection {
    /// Carries out a statement without arguments and without answer.
    func command(_ sql: String) throws(MariaDBError) {
        guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw error }
    }

    /// Carries out a statement that answers with rows.
    func query(
        _ sql: String, _ values: [SQLValue] = [], columns: [SQLValue.Kind]
    ) throws(MariaDBError) -> [SQLRow] {
        let statement = try statement(sql)
        try statement.execute(values)
        return try statement.rows(columns)
    }

    /// Carries out a statement that changes something.
    /// - Returns: how many rows it changed, and what `AUTO_INCREMENT` chose.
    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue] = []) throws(MariaDBError) -> (rows: Int, id: Int64) {
        let statement = try statement(sql)
        try statement.execute(values)
        return (statement.changedRows, statement.insertedID)
    }

    /// Everything in it, or nothing.
    func transaction<Answer>(
        _ body: () throws(MariaDBError) -> Answer
    ) throws(MariaDBError) -> Answer {
        try command("START TRANSACTION")
        let answer: Answer
        do throws(MariaDBError) {
            answer = try body()
            // Nobody waits for it any more, and was told that it failed.
            guard ContinuousClock.now < deadline else { throw .late }
        } catch {
            if case .lost = error { throw error }
            try command("ROLLBACK")
            throw error
        }
        do throws(MariaDBError) {
            try command("COMMIT")
        } catch {
            guard case .lost = error else { throw error }
            throw .uncertain(error.reason)
        }
        return answer
    }

    private func statement(_ sql: String) throws(MariaDBError) -> PreparedStatement {
        if let statement = statements[sql] { return statement }
        let statement = try PreparedStatement(sql, on: handle)
        statements[sql] = statement
        return statement
    }
}

extension Duration {
    /// In whole seconds, rounded up, at least one.
    fileprivate var wholeSeconds: UInt32 {
        let (seconds, rest) = components
        return UInt32(clamping: max(seconds + (rest > 0 ? 1 : 0), 1))
    }
}
