/// What sentinels answer and publish (Redis documentation, "Guidelines for Redis clients with support for Sentinel").
enum SentinelReplies {
    /// What a sentinel is asked about a master.
    static func questions(_ master: String) -> [[RedisArgument]] {
        [["SENTINEL", "GET-MASTER-ADDR-BY-NAME", .text(master)], ["SENTINEL", "SENTINELS", .text(master)]]
    }

    /// Where the master is: `[host, port]`; `nil` if the sentinel does not know it.
    static func master(
        _ reply: RedisReply, asked: RedisConfiguration.Endpoint
    ) -> RedisConfiguration.Endpoint? {
        guard let parts = reply.array, parts.count == 2 else { return nil }
        return RedisConfiguration.Endpoint(host: parts[0].text, port: parts[1].integer, asked: asked)
    }

    /// The other sentinels of a master: a list of lists of names and values, `ip` and `port` among them.
    static func sentinels(
        _ reply: RedisReply, asked: RedisConfiguration.Endpoint
    ) -> [RedisConfiguration.Endpoint] {
        (reply.array ?? []).compactMap { entry in
            let words = entry.array ?? []
            var fields: [String: RedisReply] = [:]
            for index in stride(from: 0, to: words.count - 1, by: 2) {
                if let name = words[index].text { fields[name] = words[index + 1] }
            }
            return RedisConfiguration.Endpoint(host: fields["ip"]?.text, port: fields["port"]?.integer, asked: asked)
        }
    }

    /// Reads `<master> <old host> <old port> <new host> <new port>`, the payload of `+switch-master`.
    static func switchedMaster(_ text: String) -> (master: Substring, endpoint: RedisConfiguration.Endpoint)? {
        let words = text.split(separator: " ")
        guard words.count == 5, let port = Int(words[4]), (1...65535).contains(port) else { return nil }
        return (words[0], .host(String(words[3]), port: port))
    }
}
