/// A private Redis Cluster for tests: three masters, each with a replica if that is asked for, on free ports of
/// 127.0.0.1. A master that is gone for a second is replaced by its replica.
public final class RedisCluster: Sendable {
    /// The servers: three masters first, then their replicas.
    public let servers: [RedisServer]

    /// URL for `RedisConfiguration(url:)`; it names two of the members.
    public var url: String { "redis+cluster://127.0.0.1:\(servers[0].port),127.0.0.1:\(servers[1].port)" }

    private init(_ servers: [RedisServer]) {
        self.servers = servers
    }

    /// Starts a cluster and waits until every server says that it works and every replica has the data of its master.
    /// - Parameter replicas: of each master; default none.
    /// - Returns: the running cluster.
    /// - Throws: `RedisServer.Failure`.
    public static func start(replicas: Int = 0) async throws -> RedisCluster {
        var servers: [RedisServer] = []
        for _ in 0..<(3 * (1 + replicas)) {
            let bus = try await RedisServer.freePort()
            servers.append(
                try await RedisServer.start { _ in
                    [
                        "--cluster-enabled", "yes", "--cluster-port", "\(bus)", "--cluster-node-timeout", "1000",
                        "--repl-diskless-sync-delay", "0",
                    ]
                })
        }
        let cluster = RedisCluster(servers)
        let addresses = servers.map { "127.0.0.1:\($0.port)" }
        let options = ["--cluster-replicas", "\(replicas)", "--cluster-yes"]
        _ = servers[0].cli(["--cluster", "create"] + addresses + options)
        let works = await eventually(within: .seconds(30)) {
            cluster.servers.allSatisfy { $0.cli("CLUSTER", "INFO").contains("cluster_state:ok") }
                && cluster.servers.dropFirst(3).allSatisfy {
                    $0.cli("INFO", "replication").contains("master_link_status:up")
                }
        }
        guard works else { throw RedisServer.Failure.notReady("cluster") }
        return cluster
    }

    /// The server that owns the slot of a key at present, as a server that runs knows.
    /// - Parameter key: a key or shard channel.
    /// - Returns: the master; `nil` while nobody owns the slot.
    public func owner(of key: String) -> RedisServer? {
        for asked in servers where asked.isRunning {
            guard let slot = Int(asked.cli("CLUSTER", "KEYSLOT", key)) else { continue }
            for line in asked.cli("CLUSTER", "NODES").split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard fields.count > 8, fields[2].contains("master"), !fields[2].contains("fail") else { continue }
                let ranges = fields[8...].compactMap { range -> ClosedRange<Int>? in
                    let ends = range.split(separator: "-").compactMap { Int($0) }
                    return ends.first.map { $0...max($0, ends.last ?? $0) }
                }
                guard ranges.contains(where: { $0.contains(slot) }) else { continue }
                return servers.first { fields[1].hasPrefix("127.0.0.1:\($0.port)@") }
            }
        }
        return nil
    }

    /// Gives a slot without keys to another master.
    /// - Parameters:
    ///   - key: a key or shard channel of the slot.
    ///   - owner: who has it.
    ///   - target: who gets it.
    public func move(slotOf key: String, from owner: RedisServer, to target: RedisServer) {
        let slot = owner.cli("CLUSTER", "KEYSLOT", key)
        let (old, new) = (owner.cli("CLUSTER", "MYID"), target.cli("CLUSTER", "MYID"))
        target.cli("CLUSTER", "SETSLOT", slot, "IMPORTING", old)
        owner.cli("CLUSTER", "SETSLOT", slot, "MIGRATING", new)
        for server in [target, owner] { server.cli("CLUSTER", "SETSLOT", slot, "NODE", new) }
    }

    /// Stops all servers.
    public func stop() {
        for server in servers { server.stop() }
    }
}
