/// A private master with two replicas and three sentinels for tests, on free ports of 127.0.0.1. A master that is gone
/// for half a second is replaced.
public final class RedisSentinels: Sendable {
    /// The servers, the first master first.
    public let servers: [RedisServer]
    /// The sentinels.
    public let sentinels: [RedisServer]

    /// URL for `RedisConfiguration(url:)`; it names two of the sentinels.
    public var url: String {
        "redis+sentinel://127.0.0.1:\(sentinels[0].port),127.0.0.1:\(sentinels[1].port)/main/0"
    }

    private init(_ servers: [RedisServer], _ sentinels: [RedisServer]) {
        self.servers = servers
        self.sentinels = sentinels
    }

    /// Starts everybody and waits until the sentinels know each other and the replicas.
    /// - Returns: the running servers.
    /// - Throws: `RedisServer.Failure`.
    public static func start() async throws -> RedisSentinels {
        let master = try await RedisServer.start()
        var servers = [master]
        for _ in 0..<2 {
            servers.append(
                try await RedisServer.start { _ in
                    ["--replicaof", "127.0.0.1 \(master.port)", "--repl-diskless-sync-delay", "0"]
                })
        }
        var sentinels: [RedisServer] = []
        for _ in 0..<3 {
            sentinels.append(try await RedisServer.start(sentinelOf: master))
        }
        let all = RedisSentinels(servers, sentinels)
        let works = await eventually(within: .seconds(30)) {
            all.sentinels.allSatisfy { sentinel in
                let lines = sentinel.cli("SENTINEL", "MASTER", "main").split(separator: "\n").map(String.init)
                func value(_ name: String) -> String? { lines.firstIndex(of: name).map { lines[$0 + 1] } }
                return value("num-slaves") == "2" && value("num-other-sentinels") == "2"
            } && all.servers.dropFirst().allSatisfy { $0.cli("INFO", "replication").contains("master_link_status:up") }
        }
        guard works else { throw RedisServer.Failure.notReady("sentinels") }
        return all
    }

    /// The master that the sentinels know at present.
    public var master: RedisServer? {
        let port = sentinels[0].cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main").split(separator: "\n").last
        return servers.first { "\($0.port)" == port ?? "" }
    }

    /// Stops everybody, the sentinels first.
    public func stop() {
        for server in sentinels + servers { server.stop() }
    }
}
