import MariaDBStore
import Support
import Testing

@Suite("URLs of a MariaDB database") struct MariaDBConfigurationTests {
    @Test("host, port, user, password and database") func tcp() throws {
        let simple = try MariaDBConfiguration(url: "mysql://root@localhost/registro_db")
        var expected = MariaDBConfiguration(user: "root", database: "registro_db")
        expected.host = "localhost"
        #expect(simple == expected)
        let full = try MariaDBConfiguration(url: "mariadb://a%40b:p%3A%2F%40s@[::1]:3307/d%20b?connections=3")
        #expect(full.user == "a@b" && full.password == "p:/@s" && full.database == "d b")
        #expect(full.host == "::1" && full.port == 3307 && full.connections == 3 && full.tls == nil)
    }

    @Test("a socket makes the host needless") func socket() throws {
        let configuration = try MariaDBConfiguration(url: "mysql://root@/registro_db?socket=/run/mysqld/mysqld.sock")
        #expect(configuration.socket == "/run/mysqld/mysqld.sock" && configuration.user == "root")
    }

    @Test("TLS is on when something about it is said") func tls() throws {
        #expect(try MariaDBConfiguration(url: "mysql://a@h/d?tls=on").tls == MariaDBConfiguration.TLS())
        let files = try MariaDBConfiguration(url: "mysql://a@h/d?ca=/ca.pem&certificate=/c.pem&key=/k.pem").tls
        #expect(files?.authorityFile == "/ca.pem" && files?.certificateFile == "/c.pem" && files?.keyFile == "/k.pem")
    }

    @Test(
        "what is wrong is said, without the password",
        arguments: [
            "", "mysql", "postgres://a:secret@h/d", "mysql://h/d", "mysql://:secret@h/d", "mysql://a:secret@h",
            "mysql://a:secret@h/", "mysql://a:secret@h/d/e", "mysql://a:secret@/d", "mysql://a:secret@h:0/d",
            "mysql://a:secret@h:99999/d", "mysql://a:secret@h:x/d", "mysql://a:secret@h/d#x",
            "mysql://a:secret@h/d?connections=0", "mysql://a:secret@h/d?connections=many",
            "mysql://a:secret@h/d?socket", "mysql://a:secret@h/d?tls=off", "mysql://a:secret@h/d?key=/k.pem",
            "mysql://a:secret@h/d?what=ever",
        ])
    func wrong(url: String) throws {
        let error = #expect(throws: StoreSetupError.self) { try MariaDBConfiguration(url: url) }
        #expect(try !#require(error).description.contains("secret"))
    }
}
