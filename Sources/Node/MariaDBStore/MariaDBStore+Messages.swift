public import Support
import Synchronization

extension MariaDBStore {
    /// Stores a message. When this returns, it is committed: every later read, on any node, has it.
    /// - Parameter draft: the message; both accounts exist.
    /// - Returns: the stored message, or the one that the same client id stored within the last 24 hours.
    /// - Throws: `StoreError`. With a client id a connection that is lost while committing is no failure, if the server is
    ///   there again in time: the message is looked for.
    public func append(_ draft: MessageDraft) async throws(StoreError) -> AppendOutcome {
        // The id given by an attempt of which nobody knows whether it was committed; 0 is none.
        let attempted = AttemptedID()
        return try await run(repeats: draft.clientID != nil) { connection throws(MariaDBError) in
            try connection.transaction { () throws(MariaDBError) in
                let (sender, recipient) = try Self.lock(draft, connection)
                let (now, earlier) = try Self.look(for: draft.clientID, of: sender, connection)
                if let earlier {
                    return earlier.id == attempted.id ? .stored(earlier) : .repeated(earlier)
                }
                let id = try connection.execute(
                    """
                    INSERT INTO mensajes (de_usuario, para_usuario, mensaje, fecha, id_cliente)
                    VALUES (?, ?, ?, TIMESTAMP '1970-01-01 00:00:00' + INTERVAL ? * 1000 MICROSECOND, ?)
                    """,
                    [.text(sender), .text(recipient), .text(draft.text), .integer(now), SQLValue(draft.clientID)]
                ).id
                attempted.id = id
                return .stored(
                    StoredMessage(id: id, from: sender, to: recipient, text: draft.text, milliseconds: now))
            }
        }
    }

    /// Reads the messages from and to an account.
    /// - Parameters:
    ///   - account: its name.
    ///   - page: which of them.
    /// - Returns: the messages, oldest first.
    /// - Throws: `StoreError`.
    public func messages(of account: String, _ page: HistoryPage) async throws(StoreError) -> [StoredMessage] {
        guard page.limit > 0 else { return [] }
        let order = page.after == nil ? "DESC" : "ASC"
        let part = "id > ? AND id <= ? ORDER BY id \(order) LIMIT ?"
        let sql = """
            SELECT \(Self.columns) FROM (
                (SELECT id FROM mensajes WHERE de_usuario = ? AND \(part))
                UNION (SELECT id FROM mensajes WHERE para_usuario = ? AND \(part))
            ) pagina STRAIGHT_JOIN mensajes m ON m.id = pagina.id \(Self.names) ORDER BY m.id \(order) LIMIT ?
            """
        let limit = SQLValue.integer(Int64(page.limit))
        let bounds = [.text(account), .integer(page.after ?? .min), .integer(page.upTo ?? .max), limit]
        let found = try await run { connection throws(MariaDBError) in
            try connection.query(sql, bounds + bounds + [limit], columns: Self.kinds).map { StoredMessage($0, at: 0) }
        }
        return page.after == nil ? found.reversed() : found
    }

    /// Reads the messages of all accounts, as administrators see them when they catch up.
    /// - Parameter page: which of them.
    /// - Returns: the messages, oldest first.
    /// - Throws: `StoreError`.
    public func messages(_ page: HistoryPage) async throws(StoreError) -> [StoredMessage] {
        guard page.limit > 0 else { return [] }
        let order = page.after == nil ? "DESC" : "ASC"
        let sql = """
            SELECT \(Self.columns) FROM (
                SELECT id FROM mensajes WHERE id > ? AND id <= ? ORDER BY id \(order) LIMIT ?
            ) pagina STRAIGHT_JOIN mensajes m ON m.id = pagina.id \(Self.names) ORDER BY m.id \(order)
            """
        let bounds: [SQLValue] = [
            .integer(page.after ?? .min), .integer(page.upTo ?? .max), .integer(Int64(page.limit)),
        ]
        let found = try await run { connection throws(MariaDBError) in
            try connection.query(sql, bounds, columns: Self.kinds).map { StoredMessage($0, at: 0) }
        }
        return page.after == nil ? found.reversed() : found
    }

    /// Reads who has a conversation with the desk.
    /// - Returns: names of the accounts, none of them an administrator's, that wrote to an administrator or were written to
    ///   by one; each once, who wrote or was written to last first.
    /// - Throws: `StoreError`.
    public func conversations() async throws(StoreError) -> [String] {
        try await run { connection throws(MariaDBError) in
            // One look at the end of each account's messages, instead of a walk through all messages of the desk.
            try connection.query(
                """
                SELECT usuario FROM (
                    SELECT u.usuario, GREATEST(
                        COALESCE((SELECT m.id FROM mensajes m STRAIGHT_JOIN usuarios a ON a.usuario = m.para_usuario
                            WHERE m.de_usuario = u.usuario AND a.rol = 'admin' ORDER BY m.id DESC LIMIT 1), 0),
                        COALESCE((SELECT m.id FROM mensajes m STRAIGHT_JOIN usuarios a ON a.usuario = m.de_usuario
                            WHERE m.para_usuario = u.usuario AND a.rol = 'admin' ORDER BY m.id DESC LIMIT 1), 0)
                    ) AS ultimo
                    FROM usuarios u WHERE NOT (u.rol <=> 'admin')
                ) cuentas WHERE ultimo > 0 ORDER BY ultimo DESC
                """, columns: [.text]
            ).map { $0.text(0) }
        }
    }

    /// Removes old messages.
    /// - Parameters:
    ///   - milliseconds: those stored before this instant, in milliseconds since 1970-01-01 UTC.
    ///   - limit: most rows removed by this call, so that it is short.
    /// - Returns: how many were removed.
    /// - Throws: `StoreError`.
    public func removeMessages(before milliseconds: Int64, limit: Int) async throws(StoreError) -> Int {
        guard limit > 0 else { return 0 }
        // Beyond what the database can express there is nothing to be older than.
        let instant = min(max(milliseconds, 0), Self.lastInstant)
        return try await run(repeats: false) { connection throws(MariaDBError) in
            try connection.transaction { () throws(MariaDBError) in
                try connection.execute(
                    """
                    DELETE FROM mensajes
                    WHERE fecha < TIMESTAMP '1970-01-01 00:00:00' + INTERVAL ? * 1000 MICROSECOND
                    ORDER BY fecha LIMIT ?
                    """, [.integer(instant), .integer(Int64(limit))]
                ).rows
            }
        }
    }
}

// MARK: - Rows

extension MariaDBStore {
    /// 9999-12-31, the last day of a `DATETIME`, in milliseconds since 1970-01-01 UTC.
    private static let lastInstant: Int64 = 253_402_214_400_000
    /// How long a client id means the same message, in milliseconds.
    private static let clientIDLifetime: Int64 = 24 * 60 * 60 * 1000

    /// The columns of a message; the names as registered, which are in the table as somebody wrote them.
    private static let columns = """
        m.id, COALESCE(d.usuario, m.de_usuario), COALESCE(p.usuario, m.para_usuario), m.mensaje,
        \(milliseconds("m.fecha"))
        """
    private static let kinds: [SQLValue.Kind] = [.integer, .text, .text, .text, .integer]
    private static let names = """
        LEFT JOIN usuarios d ON d.usuario = m.de_usuario LEFT JOIN usuarios p ON p.usuario = m.para_usuario
        """

    private static func milliseconds(_ time: String) -> String {
        "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', \(time)) DIV 1000"
    }

    /// Locks both accounts until the transaction ends, in the order of their names: who else appends to the history of one
    /// of them waits, so that ids grow in the order of commits there, and nobody waits in a circle.
    /// - Returns: their names as registered.
    private static func lock(
        _ draft: MessageDraft, _ connection: MariaDBConnection
    ) throws(MariaDBError) -> (sender: String, recipient: String) {
        let rows = try connection.query(
            """
            SELECT usuario, usuario = ?, usuario = ? FROM usuarios FORCE INDEX (PRIMARY)
            WHERE usuario IN (?, ?) ORDER BY usuario FOR UPDATE
            """,
            [.text(draft.sender), .text(draft.recipient), .text(draft.sender), .text(draft.recipient)],
            columns: [.text, .integer, .integer])
        guard let sender = rows.first(where: { $0.integer(1) == 1 })?.text(0),
            let recipient = rows.first(where: { $0.integer(2) == 1 })?.text(0)
        else { throw .unknownAccount }
        return (sender, recipient)
    }

    /// The time by the server's clock, now that the accounts are locked; and the message that the sender stored under a
    /// client id, unless that is too long ago: then the id is free again.
    private static func look(
        for clientID: String?, of sender: String, _ connection: MariaDBConnection
    ) throws(MariaDBError) -> (now: Int64, earlier: StoredMessage?) {
        let arguments = [.text(sender), SQLValue(clientID)]
        let row = try connection.query(
            """
            SELECT \(milliseconds("NOW(3)")), \(columns) FROM (SELECT 1) uno
            LEFT JOIN mensajes m ON m.de_usuario = ? AND m.id_cliente = ? \(names)
            """, arguments, columns: [.integer] + kinds
        ).first
        let now = row?.integer(0) ?? 0
        guard let row, row.values[1] != .null else { return (now, nil) }
        let earlier = StoredMessage(row, at: 1)
        guard earlier.milliseconds < now - clientIDLifetime else { return (now, earlier) }
        try connection.execute(
            "UPDATE mensajes SET id_cliente = NULL WHERE de_usuario = ? AND id_cliente = ?", arguments)
        return (now, nil)
    }
}

extension StoredMessage {
    fileprivate init(_ row: SQLRow, at column: Int) {
        self.init(
            id: row.integer(column), from: row.text(column + 1), to: row.text(column + 2), text: row.text(column + 3),
            milliseconds: row.integer(column + 4))
    }
}

/// What is remembered between the attempts of one call.
private final class AttemptedID: Sendable {
    private let value = Atomic<Int64>(0)

    var id: Int64 {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }
}
