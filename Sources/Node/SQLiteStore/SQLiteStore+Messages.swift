import GRDB
public import Support

extension SQLiteStore {
    /// Stores a message. When this returns, it is committed: every later read, on any node, has it.
    /// - Parameter draft: the message; both accounts exist.
    /// - Returns: the stored message, or the one that the same client id stored within the last 24 hours.
    /// - Throws: `StoreError`.
    public func append(_ draft: MessageDraft) async throws(StoreError) -> AppendOutcome {
        try await write { db in
            guard let sender = try Self.registeredName(draft.sender, in: db),
                let recipient = try Self.registeredName(draft.recipient, in: db)
            else { throw StoreError.unknownAccount }
            let now = try Int64.fetchOne(db, sql: "SELECT \(Self.now)") ?? 0
            if let clientID = draft.clientID, let earlier = try Self.message(clientID, of: sender, now: now, in: db) {
                return .repeated(earlier)
            }
            try db.execute(
                sql: """
                    INSERT INTO mensajes (de_usuario, para_usuario, mensaje, fecha, id_cliente)
                    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT))
                    """,
                arguments: [
                    SQLiteText(sender), SQLiteText(recipient), SQLiteText(draft.text), now,
                    draft.clientID.map { SQLiteText($0) },
                ])
            return .stored(
                StoredMessage(
                    id: db.lastInsertedRowID, from: sender, to: recipient, text: draft.text, milliseconds: now))
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
        let found = try await read { db in
            guard let name = try Self.registeredName(account, in: db) else { return [StoredMessage]() }
            let part = "id > :after AND id <= :upTo ORDER BY id \(order) LIMIT :limit"
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM mensajes WHERE id IN (
                        SELECT id FROM (SELECT id FROM mensajes WHERE de_usuario = CAST(:name AS TEXT) AND \(part))
                        UNION
                        SELECT id FROM (SELECT id FROM mensajes WHERE para_usuario = CAST(:name AS TEXT) AND \(part))
                    ) ORDER BY id \(order) LIMIT :limit
                    """,
                arguments: [
                    "name": SQLiteText(name), "after": page.after ?? .min, "upTo": page.upTo ?? .max,
                    "limit": page.limit,
                ])
            return rows.map(StoredMessage.init)
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
        let found = try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM mensajes WHERE id > ? AND id <= ? ORDER BY id \(order) LIMIT ?
                    """, arguments: [page.after ?? .min, page.upTo ?? .max, page.limit]
            ).map(StoredMessage.init)
        }
        return page.after == nil ? found.reversed() : found
    }

    /// Reads who has a conversation with the desk.
    /// - Returns: names of the accounts, none of them an administrator's, that wrote to an administrator or were written to
    ///   by one; each once, who wrote or was written to last first.
    /// - Throws: `StoreError`.
    public func conversations() async throws(StoreError) -> [String] {
        try await read { db in
            // One look at the end of each account's messages, instead of a walk through all messages of the desk.
            try SQLiteText.fetchAll(
                db,
                sql: """
                    SELECT usuario FROM (
                        SELECT CAST(u.usuario AS BLOB) AS usuario, max(
                            coalesce((SELECT m.id FROM mensajes m CROSS JOIN usuarios a ON a.usuario = m.para_usuario
                                WHERE m.de_usuario = u.usuario AND a.rol = 'admin' ORDER BY m.id DESC LIMIT 1), 0),
                            coalesce((SELECT m.id FROM mensajes m CROSS JOIN usuarios a ON a.usuario = m.de_usuario
                                WHERE m.para_usuario = u.usuario AND a.rol = 'admin' ORDER BY m.id DESC LIMIT 1), 0)
                        ) AS ultimo
                        FROM usuarios u WHERE u.rol <> 'admin'
                    ) WHERE ultimo > 0 ORDER BY ultimo DESC
                    """
            ).map(\.text)
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
        return try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM mensajes
                    WHERE id IN (SELECT id FROM mensajes WHERE fecha < ? ORDER BY fecha, id LIMIT ?)
                    """, arguments: [milliseconds, limit])
            return db.changesCount
        }
    }
}

// MARK: - Rows

extension SQLiteStore {
    private static let columns = """
        id, CAST(de_usuario AS BLOB) AS de_usuario, CAST(para_usuario AS BLOB) AS para_usuario,
        CAST(mensaje AS BLOB) AS mensaje, fecha
        """
    /// Milliseconds since 1970-01-01 UTC; the Julian day is exact to the millisecond.
    private static let now = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"
    /// How long a client id means the same message, in milliseconds.
    private static let clientIDLifetime: Int64 = 24 * 60 * 60 * 1000

    /// The message that a sender stored under a client id, unless that is too long ago: then the id is free again.
    private static func message(
        _ clientID: String, of sender: String, now: Int64, in db: Database
    ) throws -> StoredMessage? {
        let condition = "de_usuario = CAST(? AS TEXT) AND id_cliente = CAST(? AS TEXT)"
        let arguments: StatementArguments = [SQLiteText(sender), SQLiteText(clientID)]
        let row = try Row.fetchOne(
            db, sql: "SELECT \(columns) FROM mensajes WHERE \(condition)", arguments: arguments)
        guard let row else { return nil }
        let earlier = StoredMessage(row)
        guard earlier.milliseconds < now - clientIDLifetime else { return earlier }
        try db.execute(sql: "UPDATE mensajes SET id_cliente = NULL WHERE \(condition)", arguments: arguments)
        return nil
    }
}

extension StoredMessage {
    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], from: row.text("de_usuario"), to: row.text("para_usuario"), text: row.text("mensaje"),
            milliseconds: row["fecha"])
    }
}
