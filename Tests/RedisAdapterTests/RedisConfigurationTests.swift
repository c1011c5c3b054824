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
            ("redis+unix:///run/a%20b.sock?db=4", .unixSocket(path: "/run/a b.sock"), 4),
            ("rediss://host", .host("host", port: 6379), 0),
        ] as [(String, RedisConfiguration.Endpoint, Int)])
    func endpoints(_ url: String, _ endpoint: RedisConfiguration.Endpoint, _ database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.deployment == .single(endpoint))
        #expect(configuration.database == database)
        #expect(configuration.user == nil && configuration.password == nil)
    }

    @Test(
        "a URL names sentinels and a master, or members of a cluster",
        arguments: [
            (
                "redis+sentinel://one,two:7000/main", 0,
                .sentinel([.host("one", port: 26379), .host("two", port: 7000)], master: "main")
            ),
            ("rediss+sentinel://[::1]/main/3", 3, .sentinel([.host("::1", port: 26379)], master: "main")),
            ("redis+cluster://one,two:7000", 0, .cluster([.host("one", port: 6379), .host("two", port: 7000)])),
            ("rediss+cluster://one/0", 0, .cluster([.host("one", port: 6379)])),
        ] as [(String, Int, RedisConfiguration.Deployment)])
    func deployments(_ url: String, _ database: Int, _ deployment: RedisConfiguration.Deployment) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.deployment == deployment)
        #expect(configuration.database == database)
        #expect((configuration.tls != nil) == url.hasPrefix("rediss"))
    }

    @Test(
        "an outage policy is drop or keep with a number of bytes",
        arguments: [
            ("drop", .drop), ("keep:1", .keep(bytes: 1)), ("keep:0", nil), ("keep", nil), ("keep:", nil),
            ("keep:x", nil), ("drop:1", nil), ("", nil),
        ] as [(String, OutagePolicy?)])
    func outagePolicy(_ text: String, _ policy: OutagePolicy?) {
        #expect(OutagePolicy(text) == policy)
    }

    @Test("a user without a password needs one from elsewhere")
    func userAlone() throws {
        var configuration = try RedisConfiguration(url: "redis://me@host")
        #expect(configuration.user == "me" && configuration.password == nil)
        #expect(throws: RedisError.invalidConfiguration("a user without a password")) { try configuration.validate() }
        configuration.password = "secret"
        try configuration.validate()
    }

    @Test(
        "user and password may be percent-encoded",
        arguments: [
            ("redis://:secret@host", nil, "secret"),
            ("redis://me:p%40ss%3A%2F@host:1/2", "me", "p@ss:/"),
            ("redis://me:a:b@host", "me", "a:b"),
            ("redis://me:a@b@host", "me", "a@b"),
            ("unix://me:secret@/run/redis.sock", "me", "secret"),
            ("redis+sentinel://:secret@one,two/main", nil, "secret"),
        ] as [(String, String?, String)])
    func credentials(_ url: String, _ user: String?, _ password: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.user == user)
        #expect(configuration.password == password)
    }

    @Test(
        "what is not such a URL is refused, without repeating a password",
        arguments: [
            "", "redis", "redis:/host", "http://host", "redis://:secret@one,two", "redis://", "redis://:6379",
            "redis://host:port", "redis://host:0", "redis://host:65536", "redis://host:-1", "redis://host/x",
            "redis://host/-1", "redis://host/1/2", "redis://host?db=1", "redis://host/#1",
            "redis://:secret%4@host", "redis://:secret%zz@host", "redis://:secret%ff@host", "redis://[::1",
            "redis://[::1]x", "unix://", "unix://relative", "unix:///", "unix:///a?db=x", "unix:///a?x=1",
            "redis+sentinel://host", "redis+sentinel://host/", "redis+sentinel://host/main/x",
            "redis+sentinel://one,,two/main", "redis+sentinel://:secret@/main", "redis+cluster://",
            "redis+cluster://host/1", "rediss+unix:///a",
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
            { $0.clientName = "two words" }, { $0.database = -1 }, { $0.deployment = .single(.host("host", port: 0)) },
            { $0.deployment = .cluster([]) }, { $0.deployment = .cluster([.unixSocket(path: "/a")]) },
            { $0.deployment = .sentinel([.host("host", port: 1)], master: "two words") },
            {
                $0.tls = .init()
                $0.deployment = .single(.unixSocket(path: "/a"))
            }, { $0.timing.topology = .zero }, { $0.timing.settling = .seconds(-1) },
        ]
        for spoil in spoilers {
            var bad = good
            spoil(&bad)
            #expect(throws: RedisError.self) { try bad.validate() }
        }
    }
}
