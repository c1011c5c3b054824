import GRDB
public import Support

extension SQLiteStore {
    /// Reads an account.
    /// - Parameter name: its name, in any letters of case.
    /// - Returns: the account as registered, or `nil` if there is none.
    /// - Throws: `StoreError`.
    public func account(named name: String) async throws(StoreError) -> Account? {
        try await read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT CAST(usuario AS BLOB) AS usuario, CAST(nombre AS BLOB) AS nombre, rol,
                        CAST(pass AS BLOB) AS pass, CAST(imagen AS BLOB) AS imagen
                    FROM usuarios WHERE clave = CAST(? AS TEXT)
                    """, arguments: [SQLiteText(name.lowercased())])
            return row.map(Account.init)
        }
    }

    /// Adds an account.
    /// - Parameter account: the account.
    /// - Throws: `StoreError`; `StoreError.duplicate` if the name is taken.
    public func create(_ account: Account) async throws(StoreError) {
        try await write { db in
            guard try Self.registeredName(account.name, in: db) == nil else { throw StoreError.duplicate }
            try db.execute(
                sql: """
                    INSERT INTO usuarios (usuario, clave, nombre, rol, pass, imagen)
                    VALUES (CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, CAST(? AS TEXT), CAST(? AS TEXT))
                    """,
                arguments: [
                    SQLiteText(account.name), SQLiteText(account.name.lowercased()), SQLiteText(account.displayName),
                    account.role.rawValue, SQLiteText(account.passwordHash), account.image.map { SQLiteText($0) },
                ])
        }
    }

    /// Changes what an account may do.
    /// - Parameters:
    ///   - role: the new role.
    ///   - name: the account's name.
    /// - Returns: whether there is such an account.
    /// - Throws: `StoreError`.
    public func setRole(_ role: Account.Role, of name: String) async throws(StoreError) -> Bool {
        try await write { db in
            try db.execute(
                sql: "UPDATE usuarios SET rol = ? WHERE clave = CAST(? AS TEXT)",
                arguments: [role.rawValue, SQLiteText(name.lowercased())])
            return db.changesCount > 0
        }
    }

    /// Removes an account with its messages.
    /// - Parameter name: the account's name.
    /// - Returns: whether there was such an account.
    /// - Throws: `StoreError`.
    public func remove(account name: String) async throws(StoreError) -> Bool {
        try await write { db in
            guard let name = try Self.registeredName(name, in: db) else { return false }
            try db.execute(
                sql: """
                    DELETE FROM mensajes
                    WHERE de_usuario = CAST(:name AS TEXT) OR para_usuario = CAST(:name AS TEXT)
                    """, arguments: ["name": SQLiteText(name)])
            try db.execute(sql: "DELETE FROM usuarios WHERE usuario = CAST(? AS TEXT)", arguments: [SQLiteText(name)])
            return true
        }
    }

    /// Ends a login before its token expires (logout), and forgets those that have expired.
    /// - Parameters:
    ///   - session: the claim `jti` of the token, at most 64 characters.
    ///   - expiry: when the token expires and the entry may be forgotten, in seconds since 1970-01-01 UTC.
    /// - Throws: `StoreError`.
    public func revoke(session: String, until expiry: Int64) async throws(StoreError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM sesiones_cerradas WHERE expira < CAST(strftime('%s', 'now') AS INTEGER)")
            try db.execute(
                sql: """
                    INSERT INTO sesiones_cerradas (sesion, expira) VALUES (CAST(? AS TEXT), ?)
                    ON CONFLICT DO UPDATE SET expira = max(expira, excluded.expira)
                    """, arguments: [SQLiteText(session), expiry])
        }
    }

    /// Reads whether a login was ended.
    /// - Parameter session: the claim `jti` of the token.
    /// - Returns: whether it was ended.
    /// - Throws: `StoreError`.
    public func isRevoked(session: String) async throws(StoreError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM sesiones_cerradas WHERE sesion = CAST(? AS TEXT))",
                arguments: [SQLiteText(session)]) ?? false
        }
    }

    /// The name of an account as it was registered.
    static func registeredName(_ name: String, in db: Database) throws -> String? {
        try SQLiteText.fetchOne(
            db, sql: "SELECT CAST(usuario AS BLOB) FROM usuarios WHERE clave = CAST(? AS TEXT)",
            arguments: [SQLiteText(name.lowercased())])?.text
    }
}

extension Account {
    fileprivate init(_ row: Row) {
        self.init(
            name: row.text("usuario"), displayName: row.text("nombre"),
            role: Role(rawValue: row["rol"]) ?? .user, passwordHash: row.text("pass"),
            image: row.optionalText("imagen"))
    }
}
