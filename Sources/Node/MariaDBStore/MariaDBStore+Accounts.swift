public import Support

extension MariaDBStore {
    /// Reads an account.
    /// - Parameter name: its name, in any letters of case.
    /// - Returns: the account as registered, or `nil` if there is none.
    /// - Throws: `StoreError`.
    public func account(named name: String) async throws(StoreError) -> Account? {
        try await run { connection throws(MariaDBError) in
            let rows = try connection.query(
                "SELECT usuario, nombre, rol, pass, imagen FROM usuarios WHERE usuario = ?", [.text(name)],
                columns: [.text, .text, .text, .text, .text])
            return rows.first.map { row in
                Account(
                    name: row.text(0), displayName: row.text(1), role: Account.Role(rawValue: row.text(2)) ?? .user,
                    passwordHash: row.text(3), image: row.optionalText(4))
            }
        }
    }

    /// Adds an account.
    /// - Parameter account: the account.
    /// - Throws: `StoreError`; `StoreError.duplicate` if the name is taken.
    public func create(_ account: Account) async throws(StoreError) {
        try await run(repeats: false) { connection throws(MariaDBError) in
            try connection.transaction { () throws(MariaDBError) in
                _ = try connection.execute(
                    "INSERT INTO usuarios (usuario, nombre, rol, pass, imagen) VALUES (?, ?, ?, ?, ?)",
                    [
                        .text(account.name), .text(account.displayName), .text(account.role.rawValue),
                        .text(account.passwordHash), SQLValue(account.image),
                    ])
            }
        }
    }

    /// Changes what an account may do.
    /// - Parameters:
    ///   - role: the new role.
    ///   - name: the account's name.
    /// - Returns: whether there is such an account.
    /// - Throws: `StoreError`.
    public func setRole(_ role: Account.Role, of name: String) async throws(StoreError) -> Bool {
        try await run { connection throws(MariaDBError) in
            try connection.transaction { () throws(MariaDBError) in
                try connection.execute(
                    "UPDATE usuarios SET rol = ? WHERE usuario = ?", [.text(role.rawValue), .text(name)]
                ).rows > 0
            }
        }
    }

    /// Removes an account with its messages.
    /// - Parameter name: the account's name.
    /// - Returns: whether there was such an account.
    /// - Throws: `StoreError`.
    public func remove(account name: String) async throws(StoreError) -> Bool {
        try await run(repeats: false) { connection throws(MariaDBError) in
            try connection.transaction { () throws(MariaDBError) in
                // The same row that who appends locks, so that no message comes in between.
                let found = try connection.query(
                    "SELECT usuario FROM usuarios WHERE usuario = ? FOR UPDATE", [.text(name)], columns: [.text])
                guard let name = found.first?.text(0) else { return false }
                try connection.execute("DELETE FROM mensajes WHERE de_usuario = ?", [.text(name)])
                try connection.execute("DELETE FROM mensajes WHERE para_usuario = ?", [.text(name)])
                try connection.execute("DELETE FROM usuarios WHERE usuario = ?", [.text(name)])
                return true
            }
        }
    }

    /// Ends a login before its token expires (logout), and forgets some of those that have expired.
    /// - Parameters:
    ///   - session: the claim `jti` of the token, at most 64 characters.
    ///   - expiry: when the token expires and the entry may be forgotten, in seconds since 1970-01-01 UTC.
    /// - Throws: `StoreError`.
    public func revoke(session: String, until expiry: Int64) async throws(StoreError) {
        try await run { connection throws(MariaDBError) in
            try connection.transaction { () throws(MariaDBError) in
                _ = try connection.execute(
                    """
                    INSERT INTO sesiones_cerradas (sesion, expira) VALUES (?, ?)
                    ON DUPLICATE KEY UPDATE expira = GREATEST(expira, VALUES(expira))
                    """, [.text(session), .integer(expiry)])
                try connection.execute("DELETE FROM sesiones_cerradas WHERE expira < UNIX_TIMESTAMP() LIMIT 100")
            }
        }
    }

    /// Reads whether a login was ended.
    /// - Parameter session: the claim `jti` of the token.
    /// - Returns: whether it was ended.
    /// - Throws: `StoreError`.
    public func isRevoked(session: String) async throws(StoreError) -> Bool {
        try await run { connection throws(MariaDBError) in
            try !connection.query(
                "SELECT 1 FROM sesiones_cerradas WHERE sesion = ?", [.text(session)], columns: [.integer]
            ).isEmpty
        }
    }
}
