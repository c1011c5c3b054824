import Logging
import NIOPosix
import Synchronization

/// Connections, and the threads that wait for their answers: as many of one as of the other, so that whoever has a thread
/// can have a connection. No event loop and no task is ever blocked.
final class ConnectionPool: Sendable {
    /// What is known about the tables.
    private enum Schema {
        case unknown
        case inUpdate
        case current
    }

    private struct State {
        var idle: [MariaDBConnection] = []
        var outage: Outage
        var schema = Schema.unknown
        var waiting = 0
        var isClosed = false
    }

    private let configuration: MariaDBConfiguration
    private let limit: Int
    private let logger: Logger
    private let threads: NIOThreadPool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - configuration: of the connections.
    ///   - limit: most calls that wait for a thread or are carried out.
    ///   - logger: is told of outages.
    init(_ configuration: MariaDBConfiguration, limit: Int, logger: Logger) {
        self.configuration = configuration
        self.limit = limit
        self.logger = logger
        threads = NIOThreadPool(numberOfThreads: configuration.connections)
        threads.start()
        state = Mutex(State(outage: Outage(configuration.timing)))
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// Waits for calls that are carried out, and closes the connections.
    func close() async {
        state.withLock { $0.isClosed = true }
        // Fails only if it is closed already.
        try? await threads.shutdownGracefully()
        state.withLock { $0.idle = [] }
    }

    /// Carries out a call on a thread of the pool.
    /// - Parameters:
    ///   - deadline: when it has to have ended; nothing is committed afterwards.
    ///   - repeats: whether it may be carried out again when nobody knows whether it was committed.
    ///   - body: the call; carried out again after a deadlock or over a connection that was lost before.
    /// - Returns: what the body returns.
    /// - Throws: ``MariaDBError``.
    func run<Answer: Sendable>(
        until deadline: ContinuousClock.Instant, repeats: Bool,
        _ body: @escaping @Sendable (MariaDBConnection) throws(MariaDBError) -> Answer
    ) async throws(MariaDBError) -> Answer {
        let isWelcome = state.withLock { state -> Bool in
            guard state.waiting < limit else { return false }
            state.waiting += 1
            return true
        }
        guard isWelcome else { throw .late }
        let answer = PendingAnswer<Answer>()
        threads.submit { [self] activity in
            if activity == .active {
                answer.give(result(until: deadline, repeats: repeats, body))
            } else {
                answer.give(.failure(.closed))
            }
            state.withLock { $0.waiting -= 1 }
        }
        return try await answer.value
    }

    private func result<Answer: Sendable>(
        until deadline: ContinuousClock.Instant, repeats: Bool,
        _ body: (MariaDBConnection) throws(MariaDBError) -> Answer
    ) -> Result<Answer, MariaDBError> {
        var attempts = 0
        while true {
            attempts += 1
            do throws(MariaDBError) {
                guard ContinuousClock.now < deadline else { throw .late }
                let connection = try take()
                connection.deadline = deadline
                return .success(try use(connection, body))
            } catch {
                var again = error.isPassing
                if case .uncertain = error { again = repeats }
                guard again, attempts < 3 else { return .failure(error) }
            }
        }
    }

    private func use<Answer>(
        _ connection: MariaDBConnection, _ body: (MariaDBConnection) throws(MariaDBError) -> Answer
    ) throws(MariaDBError) -> Answer {
        do throws(MariaDBError) {
            let answer = try body(connection)
            giveBack(connection)
            return answer
        } catch {
            switch error {
            case .lost, .uncertain:
                // The others are of the same server: what is wrong with one is likely wrong with all.
                let others = state.withLock { state in
                    defer { state.idle = [] }
                    return state.idle
                }
                logger.debug("database connections given up", metadata: ["count": "\(others.count + 1)"])
            case .refused, .away, .late, .closed, .unknownAccount: giveBack(connection)
            }
            throw error
        }
    }
}

// MARK: - Connections

extension ConnectionPool {
    private func giveBack(_ connection: MariaDBConnection) {
        state.withLock { state in
            if !state.isClosed { state.idle.append(connection) }
        }
    }

    private func take() throws(MariaDBError) -> MariaDBConnection {
        let found = state.withLock { state -> Result<MariaDBConnection?, MariaDBError> in
            if state.isClosed { return .failure(.closed) }
            if let connection = state.idle.popLast() { return .success(connection) }
            return state.outage.admits(at: .now) ? .success(nil) : .failure(.away)
        }
        if let connection = try found.get() { return connection }
        return try connect()
    }

    private func connect() throws(MariaDBError) -> MariaDBConnection {
        do throws(MariaDBError) {
            let connection = try MariaDBConnection(configuration, patience: configuration.timing.statement)
            try updateSchema()
            if state.withLock({ $0.outage.ended() }) { logger.info("the database can be reached again") }
            return connection
        } catch {
            if error != .away, state.withLock({ $0.outage.failed(at: .now) }) {
                logger.warning("the database cannot be reached", metadata: ["reason": "\(error.reason)"])
            }
            throw error
        }
    }

    /// Before the first connection is used, whenever the server is first there.
    private func updateSchema() throws(MariaDBError) {
        let before = state.withLock { state -> Schema in
            defer { if state.schema == .unknown { state.schema = .inUpdate } }
            return state.schema
        }
        switch before {
        case .current: return
        case .inUpdate: throw .away
        case .unknown: break
        }
        do throws(MariaDBError) {
            let connection = try MariaDBConnection(configuration, patience: configuration.timing.migration)
            connection.deadline = .now + configuration.timing.migration
            try MariaDBSchema.update(connection)
            state.withLock { $0.schema = .current }
        } catch {
            state.withLock { $0.schema = .unknown }
            throw error
        }
    }
}
