/// Which server of a Redis Cluster owns which slots.
struct SlotMap: Equatable {
    /// The masters that own slots, in the order in which they were told.
    private(set) var servers: [RedisConfiguration.Endpoint] = []
    /// Replicas, which know where everything is when their master has gone.
    private(set) var replicas: [RedisConfiguration.Endpoint] = []
    /// For each slot an index of `servers`; -1 for nobody.
    private var owners = [Int16](repeating: -1, count: HashSlot.count)

    /// A map that knows nobody.
    init() {}

    /// Reads the reply of `CLUSTER SLOTS`: `[first, last, [host, port, …] of the master, replicas …]` for each range.
    /// - Parameters:
    ///   - reply: the reply; ranges that cannot be read are left out.
    ///   - asked: the server that gave it, which may not know its own host.
    init?(_ reply: RedisReply, asked: RedisConfiguration.Endpoint) {
        guard let ranges = reply.array, !ranges.isEmpty else { return nil }
        for range in ranges {
            guard let parts = range.array, parts.count >= 3,
                let first = parts[0].integer.flatMap({ HashSlot(Int($0)) }),
                let last = parts[1].integer.flatMap({ HashSlot(Int($0)) }), first.number <= last.number,
                let master = Self.endpoint(parts[2], asked)
            else { continue }
            for number in first.number...last.number { assign(number, to: master) }
            for replica in parts[3...].compactMap({ Self.endpoint($0, asked) }) where !replicas.contains(replica) {
                replicas.append(replica)
            }
        }
        if servers.isEmpty { return nil }
    }

    /// Who owns a slot.
    subscript(_ slot: HashSlot) -> RedisConfiguration.Endpoint? {
        let owner = Int(owners[slot.number])
        return servers.indices.contains(owner) ? servers[owner] : nil
    }

    /// The slots that have another owner in a later map, by their owner in this one. Those that nobody owns in one of both
    /// are left out.
    func moves(
        to later: SlotMap
    ) -> [RedisConfiguration.Endpoint: [(slot: HashSlot, target: RedisConfiguration.Endpoint)]] {
        let same = servers.map { later.servers.firstIndex(of: $0) }
        var moves: [RedisConfiguration.Endpoint: [(slot: HashSlot, target: RedisConfiguration.Endpoint)]] = [:]
        for (number, (old, new)) in zip(owners, later.owners).enumerated() {
            let (old, new) = (Int(old), Int(new))
            guard servers.indices.contains(old), later.servers.indices.contains(new), same[old] != new,
                let slot = HashSlot(number)
            else { continue }
            moves[servers[old], default: []].append((slot, later.servers[new]))
        }
        return moves
    }

    /// A slot has moved.
    mutating func assign(_ slot: HashSlot, to server: RedisConfiguration.Endpoint) {
        assign(slot.number, to: server)
    }

    private mutating func assign(_ number: Int, to server: RedisConfiguration.Endpoint) {
        let known = servers.firstIndex(of: server)
        if known == nil, servers.count < 1000 { servers.append(server) }
        owners[number] = (known ?? servers.firstIndex(of: server)).flatMap { Int16(exactly: $0) } ?? -1
    }

    private static func endpoint(
        _ reply: RedisReply, _ asked: RedisConfiguration.Endpoint
    ) -> RedisConfiguration.Endpoint? {
        guard let parts = reply.array, parts.count >= 2 else { return nil }
        return RedisConfiguration.Endpoint(host: parts[0].text, port: parts[1].integer, asked: asked)
    }
}
