/// The tables of the original application (applications, B.6), and what they lack. An existing database keeps its rows; what
/// was done is in the table `migraciones`.
///
/// `id_cliente` and `sesion` are bytes, so that they are compared letter by letter; names are compared by the collation of
/// their column, which knows neither case nor accents.
enum MariaDBSchema {
    private struct Step: Sendable {
        let name: String
        let run: @Sendable (MariaDBConnection) throws(MariaDBError) -> Void
    }

    /// Does what has not been done yet. Of several nodes that start at once one goes first; the others wait.
    static func update(_ connection: MariaDBConnection) throws(MariaDBError) {
        try connection.command("SET SESSION lock_wait_timeout = 60")
        let lock = "CONCAT('switchboard ', MD5(DATABASE()))"
        let answer = try connection.query("SELECT GET_LOCK(\(lock), 60)", columns: [.integer])
        guard answer.first?.integer(0) == 1 else { throw .refused(0, "another node is changing the tables") }
        // Looked for first: an account that may not create tables may use those that are there.
        if try !hasTable("migraciones", connection) { try connection.command("CREATE TABLE \(migrations) \(options)") }
        let done = Set(
            try connection.query("SELECT nombre FROM migraciones", columns: [.text]).compactMap { $0.optionalText(0) })
        for step in steps where !done.contains(step.name) {
            // Changes of tables commit by themselves; each step can be done again if the node ends before it is noted.
            try connection.transaction { () throws(MariaDBError) in
                try step.run(connection)
                try connection.execute("INSERT INTO migraciones (nombre) VALUES (?)", [.text(step.name)])
            }
        }
        _ = try connection.query("SELECT RELEASE_LOCK(\(lock))", columns: [.integer])
    }

    private static let options = "ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci"

    private static let steps = [
        Step(name: "tablas") { connection throws(MariaDBError) in
            for table in tables { try connection.command("CREATE TABLE IF NOT EXISTS \(table) \(options)") }
        },
        Step(name: "mensajes.id") { connection throws(MariaDBError) in
            if try !hasColumn("id", connection) {
                try connection.command("ALTER TABLE mensajes ADD id INT NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST")
            }
        },
        // The original application wrote the server's local time. With the note of it this is one transaction.
        Step(name: "mensajes.fecha UTC") { connection throws(MariaDBError) in
            try connection.execute(
                "UPDATE mensajes SET fecha = CONVERT_TZ(fecha, @@global.time_zone, '+00:00') WHERE fecha IS NOT NULL")
        },
        Step(name: "mensajes.fecha milisegundos") { connection throws(MariaDBError) in
            try connection.command(
                "ALTER TABLE mensajes MODIFY fecha DATETIME(3) NULL DEFAULT CURRENT_TIMESTAMP(3)")
        },
        Step(name: "mensajes.id_cliente") { connection throws(MariaDBError) in
            if try !hasColumn("id_cliente", connection) {
                try connection.command("ALTER TABLE mensajes ADD id_cliente VARBINARY(256) NULL")
            }
            try addIndex("UNIQUE INDEX mensajes_cliente", on: ["de_usuario", "id_cliente"], connection)
        },
        Step(name: "mensajes indices") { connection throws(MariaDBError) in
            try addIndex("INDEX mensajes_de", on: ["de_usuario", "id"], connection)
            try addIndex("INDEX mensajes_para", on: ["para_usuario", "id"], connection)
            try addIndex("INDEX mensajes_fecha", on: ["fecha"], connection)
        },
    ]

    private static let migrations = """
        migraciones (
            nombre VARCHAR(64) NOT NULL PRIMARY KEY,
            fecha DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
        )
        """

    private static let tables = [
        """
        usuarios (
            usuario VARCHAR(50) NOT NULL PRIMARY KEY,
            nombre VARCHAR(100) NOT NULL,
            rol ENUM('admin', 'user') DEFAULT 'user',
            pass VARCHAR(255) NOT NULL,
            imagen VARCHAR(255) NULL
        )
        """,
        """
        mensajes (
            id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
            de_usuario VARCHAR(50) NOT NULL,
            para_usuario VARCHAR(50) NOT NULL,
            mensaje TEXT NOT NULL,
            fecha DATETIME(3) NULL DEFAULT CURRENT_TIMESTAMP(3),
            FOREIGN KEY (de_usuario) REFERENCES usuarios (usuario),
            FOREIGN KEY (para_usuario) REFERENCES usuarios (usuario)
        )
        """,
        """
        sesiones_cerradas (
            sesion VARBINARY(256) NOT NULL PRIMARY KEY,
            expira BIGINT NOT NULL COMMENT 'seconds since 1970-01-01 UTC',
            INDEX sesiones_cerradas_expira (expira)
        )
        """,
    ]

    private static func hasTable(_ name: String, _ connection: MariaDBConnection) throws(MariaDBError) -> Bool {
        let found = try connection.query(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?",
            [.text(name)], columns: [.integer])
        return found.first?.integer(0) != 0
    }

    private static func hasColumn(_ name: String, _ connection: MariaDBConnection) throws(MariaDBError) -> Bool {
        let found = try connection.query(
            """
            SELECT COUNT(*) FROM information_schema.columns
            WHERE table_schema = DATABASE() AND table_name = 'mensajes' AND column_name = ?
            """, [.text(name)], columns: [.integer])
        return found.first?.integer(0) != 0
    }

    /// Adds an index, unless these columns have one, whatever its name.
    private static func addIndex(
        _ index: String, on columns: [String], _ connection: MariaDBConnection
    ) throws(MariaDBError) {
        let list = columns.joined(separator: ",")
        let found = try connection.query(
            """
            SELECT COUNT(*) FROM (
                SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columnas, MIN(non_unique) AS repite
                FROM information_schema.statistics
                WHERE table_schema = DATABASE() AND table_name = 'mensajes' GROUP BY index_name
            ) indices WHERE columnas = ? AND repite <= ?
            """, [.text(list), .integer(index.hasPrefix("UNIQUE") ? 0 : 1)], columns: [.integer])
        if found.first?.integer(0) == 0 { try connection.command("ALTER TABLE mensajes ADD \(index) (\(list))") }
    }
}
