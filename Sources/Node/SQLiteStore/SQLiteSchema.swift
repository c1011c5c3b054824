import GRDB

/// The tables, by versions: the number of those that a file has is its `user_version`.
///
/// Texts that were not checked by the application may contain U+0000, at which SQLite's and GRDB's functions for texts stop;
/// see ``SQLiteText``.
enum SQLiteSchema {
    private static let versions = [
        """
        CREATE TABLE usuarios (
            usuario TEXT NOT NULL PRIMARY KEY,
            clave TEXT NOT NULL UNIQUE, -- the name in small letters: what is unique, and looked for
            nombre TEXT NOT NULL,
            rol TEXT NOT NULL DEFAULT 'user' CHECK (rol IN ('admin', 'user')),
            pass TEXT NOT NULL,
            imagen TEXT
        ) WITHOUT ROWID;
        CREATE TABLE mensajes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, also after the last row was removed
            de_usuario TEXT NOT NULL REFERENCES usuarios (usuario),
            para_usuario TEXT NOT NULL REFERENCES usuarios (usuario),
            mensaje TEXT NOT NULL,
            fecha INTEGER NOT NULL, -- milliseconds since 1970-01-01 UTC
            id_cliente TEXT
        );
        CREATE INDEX mensajes_de ON mensajes (de_usuario, id);
        CREATE INDEX mensajes_para ON mensajes (para_usuario, id);
        CREATE INDEX mensajes_fecha ON mensajes (fecha);
        CREATE UNIQUE INDEX mensajes_cliente ON mensajes (de_usuario, id_cliente) WHERE id_cliente IS NOT NULL;
        CREATE TABLE sesiones_cerradas (
            sesion TEXT NOT NULL PRIMARY KEY,
            expira INTEGER NOT NULL -- seconds since 1970-01-01 UTC
        ) WITHOUT ROWID;
        CREATE INDEX sesiones_cerradas_expira ON sesiones_cerradas (expira);
        """
    ]

    /// Adds what the file does not have yet. Of several processes that do this at once one goes first; the others wait, and
    /// find nothing to do.
    static func update(_ db: Database) throws {
        try db.inTransaction(.immediate) {
            let present = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            for version in versions.dropFirst(present) { try db.execute(sql: version) }
            if present < versions.count { try db.execute(sql: "PRAGMA user_version = \(versions.count)") }
            return .commit
        }
    }
}
