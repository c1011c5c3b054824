import MariaDBStore
import StoreConformance
import Support
import TestSupport
import Testing

/// Databases as the original application left them (applications, B.6), taken over.
@Suite("A database of the original application") struct OriginalDatabaseTests {
    /// Its two documented forms: with a key, and without one.
    static func tables(key: String) -> String {
        """
        CREATE DATABASE registro_db CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
        USE registro_db;
        CREATE TABLE usuarios (
            usuario VARCHAR(50) NOT NULL, nombre VARCHAR(100) NOT NULL, rol ENUM('admin','user') DEFAULT 'user',
            pass VARCHAR(255) NOT NULL, imagen VARCHAR(255) NULL, PRIMARY KEY (usuario)
        );
        CREATE TABLE mensajes (
            \(key)de_usuario VARCHAR(50) NOT NULL, para_usuario VARCHAR(50) NOT NULL, mensaje TEXT NOT NULL,
            fecha DATETIME DEFAULT CURRENT_TIMESTAMP,
            FOREIGN KEY (de_usuario) REFERENCES usuarios(usuario), FOREIGN KEY (para_usuario) REFERENCES usuarios(usuario)
        );
        INSERT INTO usuarios VALUES ('admin', 'Administrador', 'admin', '$2b$08$a', NULL),
            ('Ana', 'Ana Pérez', 'user', '$2b$08$b', '/uploads/ana.png'), ('Bea', 'Bea', NULL, '$2b$08$c', NULL);
        INSERT INTO mensajes (de_usuario, para_usuario, mensaje, fecha) VALUES
            ('ana', 'ADMIN', 'hola 😀', '2024-07-01 10:00:00'), ('admin', 'Ana', 'sí', '2024-07-01 10:00:00'),
            ('Bea', 'admin', 'yo', NULL);
        """
    }

    @Test(
        "keeps its rows, and gets what it lacks, once",
        arguments: ["", "id INT AUTO_INCREMENT PRIMARY KEY, "])
    func takenOver(key: String) async throws {
        // The original wrote the local time of its server.
        let server = try await MariaDBServer.start(options: ["--default-time-zone=+02:00"])
        defer { server.stop() }
        try server.sql(Self.tables(key: key))
        for _ in 0..<2 {
            let store = try await MariaDBStore.open(server.configuration("registro_db"), logger: quiet)
            let history = try await store.messages(of: "ana", HistoryPage(limit: 10))
            #expect(history.map(\.text) == ["hola 😀", "sí"])
            #expect(history.map(\.sender) == ["Ana", "admin"] && history.map(\.recipient) == ["admin", "Ana"])
            #expect(history.map(\.milliseconds) == [1_719_820_800_000, 1_719_820_800_000], "08:00 UTC")
            #expect(history.map(\.id) == [1, 2])
            #expect(try await store.account(named: "ANA")?.image == "/uploads/ana.png")
            #expect(try await store.account(named: "bea")?.role == .user)
            #expect(try await store.conversations() == ["Bea", "Ana"])
            await store.close()
        }
        let store = try await MariaDBStore.open(server.configuration("registro_db"), logger: quiet)
        let new = try await store.append(MessageDraft(from: "BEA", to: "admin", text: "x", clientID: "c")).message
        #expect(new.id == 4 && new.sender == "Bea")
        await store.close()
        try expectSchema(server)
    }

    private func expectSchema(_ server: MariaDBServer) throws {
        let schema = try server.sql("SHOW CREATE TABLE mensajes", in: "registro_db")
        for part in [
            "`id` int(11) NOT NULL AUTO_INCREMENT", "`fecha` datetime(3) DEFAULT current_timestamp(3)",
            "`id_cliente` varbinary(256) DEFAULT NULL", "(`de_usuario`,`id`)", "(`para_usuario`,`id`)", "(`fecha`)",
            "UNIQUE KEY `mensajes_cliente` (`de_usuario`,`id_cliente`)",
            "FOREIGN KEY (`de_usuario`) REFERENCES `usuarios` (`usuario`)",
            "FOREIGN KEY (`para_usuario`) REFERENCES `usuarios` (`usuario`)",
        ] {
            #expect(schema.contains(part), "\(part) in \(schema)")
        }
        #expect(try server.sql("SELECT COUNT(*) FROM sesiones_cerradas", in: "registro_db") == "0")
        #expect(try server.sql("SELECT COUNT(*) FROM migraciones", in: "registro_db") == "6")
    }
}
