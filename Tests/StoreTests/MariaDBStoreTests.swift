import Logging
import MariaDBStore
import StoreConformance
import Support
import TestSupport
import Testing

@Suite("MariaDB") struct MariaDBStoreTests {
    @Test("conforms, over the socket and over TCP") func conforms() async throws {
        let server = try await MariaDBServer.start()
        defer { server.stop() }
        for (number, check) in StoreCheck.all.enumerated() {
            let database = "check\(number)"
            try server.sql("CREATE DATABASE \(database)")
            let one = try await MariaDBStore.open(server.configuration(database), logger: quiet)
            let two = try await MariaDBStore.open(server.socketConfiguration(database), logger: quiet)
            try await check.run(
                SharedDatabase(one: one, two: two) { time in
                    let microseconds = Int64(time / .microseconds(1))
                    try server.sql(
                        "UPDATE mensajes SET fecha = fecha - INTERVAL \(microseconds) MICROSECOND", in: database)
                })
            await one.close()
            await two.close()
        }
    }

    @Test("many nodes make the tables of one database at once") func creation() async throws {
        let server = try await MariaDBServer.start()
        defer { server.stop() }
        try server.sql("CREATE DATABASE registro_db")
        let stores = try await withThrowingTaskGroup(of: MariaDBStore.self) { group in
            for _ in 0..<6 {
                group.addTask { try await MariaDBStore.open(server.configuration("registro_db"), logger: quiet) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await stores[0].create(.example("Ana"))
        for store in stores {
            #expect(try await store.account(named: "ana") != nil)
            await store.close()
        }
    }

    @Test("what cannot become right by waiting ends the start with one line, without the password")
    func refused() async throws {
        let server = try await MariaDBServer.start()
        defer { server.stop() }
        try server.sql(
            """
            CREATE DATABASE registro_db; CREATE USER reader@'%' IDENTIFIED BY 'secret-1';
            GRANT SELECT ON registro_db.* TO reader@'%'
            """)
        for (user, password, database) in [
            ("reader", "secret-2", "registro_db"), ("reader", "secret-1", "other"),
            ("reader", "secret-1", "registro_db"),
        ] {
            var configuration = server.configuration(database)
            (configuration.user, configuration.password) = (user, password)
            let error = await #expect(throws: StoreSetupError.self) {
                try await MariaDBStore.open(configuration, logger: quiet)
            }
            let line = try #require(error).description
            #expect(line.hasPrefix("cannot use the database \(database): "))
            #expect(!line.contains("secret") && !line.contains("\n"))
        }
    }

    @Test("an account that may only read and write is enough once the tables are there")
    func leastPrivilege() async throws {
        let server = try await MariaDBServer.start()
        defer { server.stop() }
        try server.sql("CREATE DATABASE registro_db")
        try await MariaDBStore.open(server.configuration("registro_db"), logger: quiet).close()
        try server.sql(
            """
            CREATE USER node@'%' IDENTIFIED BY 'p@ss:w/rd';
            GRANT SELECT, INSERT, UPDATE, DELETE ON registro_db.* TO node@'%'
            """)
        let url = "mysql://node:p%40ss%3Aw%2Frd@127.0.0.1:\(server.port)/registro_db"
        let store = try await MariaDBStore.open(MariaDBConfiguration(url: url), logger: quiet)
        try await store.create(.example("Ana"))
        #expect(try await store.append(MessageDraft(from: "Ana", to: "ana", text: "x")).isNew)
        await store.close()
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension MariaDBServer {
    /// A database of it, over TCP.
    func configuration(_ database: String) -> MariaDBConfiguration {
        var configuration = MariaDBConfiguration(user: "root", database: database)
        configuration.port = UInt16(port)
        return configuration
    }

    /// A database of it, over its Unix domain socket.
    func socketConfiguration(_ database: String) -> MariaDBConfiguration {
        var configuration = MariaDBConfiguration(user: "root", database: database)
        configuration.socket = socketPath
        return configuration
    }
}
