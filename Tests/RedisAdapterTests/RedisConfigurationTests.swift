import RedisAdapter
import Testing

@Suite struct RedisConfigurationTests {
    @Test(
        "a URL says where Redis is",
        arguments: [
            ("redis://localhost", .host("localhost", port: 6379), 0),
            ("redis://127.0.0.1:7000/3", .host("127.0.0.1", port: 7000), 3),
            ("REDIS://example.org:1/", .host("example.org", port: 1), 0),
            ("redis://[::1]:6380", .host("::1", port: 6380), 0),
            ("redis://[::1]", .host("::1", port: 6379), 0),
            ("unix:///run/redis.sock", .unixSocket(path: "/run/redis.sock"), 0),
        ] as [(String, RedisConfiguration.Endpoint, Int)])
    func endpoints(_ url: String, _ endpoint: RedisConfiguration.Endpoint, _ database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.endpoint == endpoint)
        #expect(configuration.database == database)
        #expect(configuration.user == nil && configuration.password == nil)
    }

    @Test(
        "user and password may be percent-encoded",
        arguments: [
            ("redis://:secret@host", nil, "secret"),
            ("redis://me:p%40ss%3A%2F@host:1/2", "me", "p@ss:/"),
            ("redis://me:a:b@host", "me", "a:b"),
            ("redis://me:a@b@host", "me", "a@b"),
        ] as [(String, String?, String)])
    func credentials(_ url: String, _ user: String?, _ password: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.user == user)
        #expect(configuration.password == password)
    }

    @Test(
        "what is not such a URL is refused, without repeating a password",
        arguments: [
            "", "redis", "redis:/host", "http://host", "rediss://:secret@host", "redis://", "redis://:6379",
            "redis://host:port", "redis://host:0", "redis://host:65536", "redis://host:-1", "redis://host/x",
            "redis://host/-1", "redis://host/1/2", "redis://host?db=1", "redis://host/#1", "redis://me@host",
            "redis://:secret%4@host", "redis://:secret%zz@host", "redis://:secret%ff@host", "redis://[::1",
            "redis://[::1]x", "unix://", "unix://relative", "unix:///",
        ])
    func refused(_ url: String) {
        let error = #expect(throws: RedisError.self) { _ = try RedisConfiguration(url: url) }
        #expect(!"\(String(describing: error))".contains("secret"))
    }

    @Test("times and limits that cannot work are refused")
    func validation() throws {
        let good = try RedisConfiguration(url: "redis://host")
        let spoilers: [@Sendable (inout RedisConfiguration) -> Void] = [
            { $0.timing.command = .zero }, { $0.timing.unresponsive = $0.timing.ping },
            { $0.timing.dead = .milliseconds(1) }, { $0.limits.waitingBytes = 0 }, { $0.limits.waitingCommands = 0 },
            { $0.clientName = "two words" }, { $0.database = -1 }, { $0.endpoint = .host("host", port: 0) },
        ]
        for spoil in spoilers {
            var bad = good
            spoil(&bad)
            #expect(throws: RedisError.self) { try bad.validate() }
        }
    }
}
